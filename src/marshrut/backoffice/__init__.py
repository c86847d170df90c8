"""The back office: settings, people and their rights, doors, imports, the care of data, the first run.

A face: it has no tables. Each page parses, calls one service or query of the room whose data it shows, and renders.
"""
