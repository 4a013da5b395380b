"""Backups: the whole record in one file that knows no database, and how it comes back without a second mail."""
