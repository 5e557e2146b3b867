"""Copies of a district that bring it back: sealed under a passphrase, whole, and forgetful."""
