"""The local page: what installer and school see on the device itself."""
