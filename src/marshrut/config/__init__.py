"""Configuration: settings, every address of the house, and the front on its one port. The only place that sees all rooms.

Doors: `settings` (read from the environment), `urls`, `front.front` (the ASGI application), `bridge` (ASGI to WSGI).
"""
