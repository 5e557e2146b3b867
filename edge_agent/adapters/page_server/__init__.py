"""Serving the local page: waitress, with TLS in front of it."""
