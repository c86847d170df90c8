"""Catalog: what the agency sells (categories), where to (directions with price floors), and who is skilled in it."""
