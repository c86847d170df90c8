"""The look and the browser side: tokens, base pages, components, small modules, live updates.

Doors: `jinja.environment` (what every template can say, in one language), `navigation` (rooms register their entries in the sidebar
and who the reader is), `answers.done` (the answer of a successful action), `security.SecurityHeaders`, `live` (the
event stream). Words: *region*, a part of a page that refreshes itself when a named event arrives; *tone*, the meaning
of a colour (neutral, info, good, warm, bad, accent); *tint*, the colour of a person's avatar.
"""
