"""The spoken warning: phrases, their sound, and the player that must never fail in silence."""
