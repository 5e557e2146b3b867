"""Finding faces and reading what they look like. Nothing here keeps anything."""
