#!/usr/bin/env python3
"""Django's own commands, for programmers: makemigrations, shell. Everyday commands are ./marshrut's."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marshrut.config.settings")
    os.environ.setdefault("MARSHRUT_SECRET_KEY", "only for commands that touch no data")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
