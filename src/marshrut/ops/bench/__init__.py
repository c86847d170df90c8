"""The bench: many rows, real HTTP, and the same questions asked of PostgreSQL alone."""
