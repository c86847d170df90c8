"""Words without business: names, phones, addresses, money, working time; errors with a sentence; history and guards.

Doors: `history.track` and `triggers` for migrations, `history.sign` for services, `errors` for everybody; `phones`,
`emails`, `messengers`, `names`, `money` give normal forms; `working_time.WorkingCalendar` counts working minutes;
`clock.utc_now` is what the faces ask for the time. Words: normal form, search name, label (who acts), change.
"""
