"""The reference pages of docs/reference, made from the program itself. `python -m tests.reference` writes them anew.

Commands and their options come from the parsers, operations from OpenAPI, rights from the roles and from the rights matrix
that the tests hold every address to, environment variables from the sources.
"""

import contextlib
import importlib
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs" / "reference"
NOTE = "<!-- Made by `python -m tests.reference`; the tests compare. -->\n\n"
VARIABLES = {
    "MARSHRUT_HOME": "The folder of all data. Default: `.marshrut` in the checkout; for root, where others cannot reach that, `/var/lib/marshrut`.",
    "MARSHRUT_PORT": "The port to listen on. Default: 8790.",
    "DATABASE_URL": "A PostgreSQL 15 or later to use instead of the embedded one: `postgresql://…`.",
    "MARSHRUT_OWNER_DATABASE_URL": "The same database as the owner of the tables, who migrates; without it `doctor` warns.",
    "MARSHRUT_DATA_KEYS": "What files, secrets and passports are sealed with, separated by commas: the first seals, all open. Default: made at the first start and kept in the home. On several machines it must be the same.",
    "MARSHRUT_HOSTS": "Names of hosts that are answered, separated by commas, besides 127.0.0.1 and localhost.",
    "MARSHRUT_ORIGINS": "Origins that forms may come from behind a proxy, separated by commas: `https://crm.agency.example`.",
    "MARSHRUT_BEHIND_TLS": "`1` when a proxy speaks TLS and sets `X-Forwarded-Proto`; cookies are then marked secure.",
    "MARSHRUT_PROXIES": "Addresses or networks of proxies, separated by commas, that are believed about `X-Forwarded-For` and `X-Forwarded-Proto`. Default: none; with `MARSHRUT_BEHIND_TLS` those on this machine, `127.0.0.1,::1`.",
    "MARSHRUT_MAIL_ROOTS": "Folders that doors of mail may lie in, separated by colons, besides `mail` in the home.",
    "MARSHRUT_BROWSER": "The Chromium that the browser tests drive, where it is not found by itself.",
}
"""Environment variables a person may set. The rest the launcher sets for the processes it starts."""
SET_BY_THE_LAUNCHER = {"MARSHRUT_SECRET_KEY", "MARSHRUT_DATABASE_URL", "MARSHRUT_ADDRESS", "MARSHRUT_TETHER"}


def variables_in_the_sources() -> set[str]:
    files = [*(ROOT / "src").rglob("*.py"), ROOT / "marshrut"]
    texts = (file.read_text("utf-8") for file in files if "tests" not in file.parts)
    return {name for text in texts for name in re.findall(r"\b(MARSHRUT_[A-Z_]+[A-Z]|DATABASE_URL)\b", text)}


def environment() -> str:
    rows = "\n".join(f"| `{name}` | {said} |" for name, said in VARIABLES.items())
    return f"# Environment\n\nEverything else is set in the browser, under Settings.\n\n| variable | meaning |\n|---|---|\n{rows}\n"


def help_of(command: str) -> str:
    from marshrut.ops import cli

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        if command in cli._ELSEWHERE:
            module, name, _text = cli._ELSEWHERE[command]
            getattr(importlib.import_module(module), name)(["--help"])
        else:
            cli.make_parser().parse_args([command, "--help"])
    return printed.getvalue().strip()


def commands() -> str:
    from marshrut.ops import cli

    os.environ["COLUMNS"] = "110"
    found = re.findall(r"^    ([a-z-]+) +\w", cli.make_parser().format_help(), re.MULTILINE)
    parts = [f"## {name}\n\n```\n{help_of(name)}\n```\n" for name in found]
    return "# Commands\n\nEach is `./marshrut COMMAND`.\n\n" + "\n".join(parts)


def api() -> str:
    from marshrut.api.urls import api as door
    from tests.test_rights_matrix import DOOR

    lines = ["| method | address | scope | what |", "|---|---|---|---|"]
    for path, operations in sorted(door.get_openapi_schema()["paths"].items()):
        for method, operation in operations.items():
            short = re.sub(r"{(\w+)}", r"<\1>", path.removeprefix("/api/v1"))
            kind = DOOR.get((short, method.upper()))
            said = operation["summary"]
            lines.append(f"| {method.upper()} | `{path}` | {f'`{kind.scope}`' if kind and kind.scope else ''} | {said} |")
    intro = (
        "Every call carries `Authorization: Bearer …`; a token is issued under Settings or by `./marshrut token NAME`. Shapes and "
        "answers: `/api/v1/openapi.json`. What is foreign or absent is 404, a missing scope 403, a bad token 401.\n"
    )
    return f"# API\n\n{intro}\n" + "\n".join(lines) + "\n"


def rights() -> str:
    from marshrut.agency.models import Role
    from marshrut.agency.permissions import ALL_SCOPES, REACH_OF_ROLE, SCOPES_OF_ROLE, UNMASKED_OF_ROLE
    from tests.test_rights_matrix import PAGES

    roles = list(Role.values)
    head = f"| | {' | '.join(roles)} |\n|---|{'---|' * len(roles)}\n"
    reach = f"| reach | {' | '.join(REACH_OF_ROLE[Role(role)] for role in roles)} |\n"
    seen = f"| seen in full | {' | '.join(', '.join(sorted(UNMASKED_OF_ROLE[Role(role)])) or '–' for role in roles)} |\n"
    scopes = "".join(
        f"| `{scope}` | {' | '.join('yes' if scope in SCOPES_OF_ROLE[Role(role)] else '' for role in roles)} |\n"
        for scope in sorted(ALL_SCOPES)
    )
    pages = "".join(f"| `{route}` | {kind.name} | {f'`{kind.scope}`' if kind.scope else ''} |\n" for route, kind in sorted(PAGES.items()))
    return (
        "# Rights\n\n## Roles\nReach and what is seen in full can be set for one person otherwise than their role has it.\n\n"
        f"{head}{reach}{seen}{scopes}\n## Pages\npublic: anybody; own: the reader's own; list: what is within reach; record, action: 404 for "
        "whoever it is foreign to; watch: whoever answers for an office; manage: the agency's business, 403 without the scope.\n\n"
        f"| address | kind | scope |\n|---|---|---|\n{pages}"
    )


def settings() -> str:
    from django.utils.translation import override

    from marshrut.backoffice.web.settings.frame import GROUPS, settings_pages

    with override("en"):
        parts = ["# Settings\n\nEach page has its history and takes a saved change back. Two people who edit one page are told of one another.\n"]
        for group, label in GROUPS.items():
            rows = "".join(f"| {p.title} | {p.description} | `{p.url}` | `{p.scope}` |\n" for p in settings_pages() if p.group == group)
            if rows:
                parts.append(f"## {label}\n\n| page | what it is for | address | scope |\n|---|---|---|---|\n{rows}")
        return "\n".join(parts)


PAGES_OF_REFERENCE: dict[str, Callable[[], str]] = {
    "environment.md": environment,
    "settings.md": settings,
    "commands.md": commands,
    "api.md": api,
    "rights.md": rights,
}


def main() -> int:
    """Write all pages."""
    import django

    django.setup()
    PLACE.mkdir(exist_ok=True)
    for name, make in PAGES_OF_REFERENCE.items():
        (PLACE / name).write_text(NOTE + make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "marshrut.config.settings", "MARSHRUT_SECRET_KEY": "x", "MARSHRUT_DATA_KEYS": "x"}
    sys.exit(main())
