"""Django's PostgreSQL backend with moments read by the driver's own compiled code; see `base`."""
