"""Pupils and guardians at central: opened for one purpose at a time, and every opening is kept."""
