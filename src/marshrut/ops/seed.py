"""The first data of an empty home, the code of its first run, one form's address. Run by the launcher before the doors open."""

from __future__ import annotations

import io
import os

import django
from django.core.management import call_command


def seed() -> None:
    """Fill an empty home; print how to set it up while nobody works there, and the whole address of one public form."""
    from marshrut.agency.services.first_run import issue_setup_code

    call_command("seed_home")
    if code := issue_setup_code():
        print(f"Nobody works here yet. Set your agency up: {os.environ.get('MARSHRUT_ADDRESS', '')}/start?code={code}", flush=True)
    path = io.StringIO()
    call_command("form_address", stdout=path)
    if path.getvalue():
        print(f"A public form: {os.environ.get('MARSHRUT_ADDRESS', '')}{path.getvalue().strip()}", flush=True)


if __name__ == "__main__":
    django.setup()
    seed()
