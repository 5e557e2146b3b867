"""`/api/v1`: what programs call, with a token; errors as RFC 9457 problems."""
