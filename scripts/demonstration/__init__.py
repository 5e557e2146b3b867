"""The whole line on one machine, for a visitor to see and for `--check` to prove."""
