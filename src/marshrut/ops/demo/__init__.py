"""The demo: a living agency for whoever wants to look, and the inquiries that keep arriving."""
