"""Settings in the browser: the frame (registry, history, undo, two people at one page) and the pages on it."""
