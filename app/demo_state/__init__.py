"""Whether this database is a demo's, how that demo stands, and how its clock is asked to move."""
