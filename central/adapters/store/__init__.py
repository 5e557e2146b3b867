"""What the district keeps: one set of statements for SQLite and PostgreSQL."""
