"""Marketing: where inquiries come from. A source nobody has named yet is kept and shown to be named."""
