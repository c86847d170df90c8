"""Operations: what starts, keeps alive, measures and examines a Marshrut.

Doors: the command line (``cli``: up, demo, test, bench, token, user, doctor) and ``launcher``, which supervises the
database, the web processes and the worker.

Words: a *home* is the folder with all data of one installation; a *server* is the PostgreSQL of a home; the *launcher*
is the one process a person starts and stops.
"""
