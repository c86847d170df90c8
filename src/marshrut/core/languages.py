"""Languages people work and write in, by their two letters."""

LANGUAGES = ("ru", "uk", "en", "be", "kk")
"""Those that can be told from one another by their letters, and that an employee may be said to work in."""
