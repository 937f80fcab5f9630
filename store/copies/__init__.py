"""Copies: a backup of everything that is kept, putting one back, and moving from SQLite to PostgreSQL (docs/operations.md, "Backup")."""
