"""Backup and restore: one archive with the database, the files in it and the keys they are sealed with."""
