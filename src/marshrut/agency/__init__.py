"""Agency: offices and their hours, employees, roles and reach, queues, tokens of programs.

Doors: `permissions` says who acts and what they may see (one place for pages, API, search and event stream);
`queries` reads staff and reference data; `services` adds people and tokens. Words: office, employee, role, reach,
scope, shift, absence, queue.
"""
