"""The first data of an empty home, and one form's address. Run by the launcher before the doors open."""

from __future__ import annotations

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("seed_home")
    call_command("form_address")
