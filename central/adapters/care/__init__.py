"""The store of mind care: a database and a folder of keys of its own, in no backup of the rest."""
