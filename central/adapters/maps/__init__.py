"""Places on a map: rings around schools, the base map, and how it is made."""
