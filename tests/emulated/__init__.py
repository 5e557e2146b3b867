"""The whole chain in an emulated machine; opt-in: `scripts/emulate`."""
