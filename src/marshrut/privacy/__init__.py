"""The care of personal data: what is kept about a person, exported and erased as a whole; how long things are kept.

Stands above every room that keeps personal data and knows how each forgets.
"""
