"""Channels: the doors. Whatever comes in is stored raw and unique before it is understood; forms of the site.

Doors: `services.store_raw`, `quarantine`, `remember_key`; `queries` finds forms, keys and what waits in quarantine.
"""
