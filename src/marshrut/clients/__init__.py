"""Clients: people, the ways to reach them, suspected doubles, consents.

Doors: `queries.find_by_contacts` says who is meant by a phone, an address or a messenger; `queries.search_people`
finds by any part of a name or number; `services` adds people and ways to reach them. Nobody is merged automatically.
"""
