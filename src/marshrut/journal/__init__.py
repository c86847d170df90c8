"""Journal: the dossier, the one thread a matter's story hangs on; its tasks and touches.

Doors: `services.open_dossier`, `add_touch`, `add_task`, `complete_task`, `postpone_task`, `hand_over`, `move_dossier`,
`close_dossier`, `reopen_dossier`; `queries` tells the story and the next actions. The database refuses to commit an
open dossier without a pending task (requirement P07). Words: dossier, phase, place, worth, task, touch, answer.
"""
