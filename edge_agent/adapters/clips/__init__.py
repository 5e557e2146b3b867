"""Clips as evidence: what was seen shortly before and after an alert, cut from memory."""
