"""How to set a new agency up: the address with a code, good once. Run by the launcher at each start until somebody works there."""

from __future__ import annotations

import os

import django


def invite() -> None:
    """Print the address with a fresh code; nothing once somebody works here."""
    from marshrut.agency.services.first_run import issue_setup_code

    if code := issue_setup_code():
        print(f"Nobody works here yet. Set your agency up: {os.environ.get('MARSHRUT_ADDRESS', '')}/start?code={code}", flush=True)


if __name__ == "__main__":
    django.setup()
    invite()
