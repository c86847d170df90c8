"""Reads of the reports: counted in SQL by the conditions of the measures, reach and filters included."""
