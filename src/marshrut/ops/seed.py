"""The first data of an empty home, and one form's address. Run by the launcher before the doors open."""

from __future__ import annotations

import io
import os

import django
from django.core.management import call_command


def seed() -> None:
    """Fill an empty home; print the whole address of one public form."""
    call_command("seed_home")
    path = io.StringIO()
    call_command("form_address", stdout=path)
    if path.getvalue():
        print(f"A public form: {os.environ.get('MARSHRUT_ADDRESS', '')}{path.getvalue().strip()}", flush=True)


if __name__ == "__main__":
    django.setup()
    seed()
