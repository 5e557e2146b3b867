"""The pages and the API: what the district's staff look at, and what programs call."""
