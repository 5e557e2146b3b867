"""The one room that knows which adapter stands behind which port."""
