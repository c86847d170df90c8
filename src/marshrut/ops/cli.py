"""The command line: ``./marshrut COMMAND``. Every command has its --help; errors a person can cause are sentences."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

from . import accounts, databases, homes, launcher, postgres

_ENVIRONMENT = (
    "MARSHRUT_HOME names the folder of all data (default: .marshrut in the checkout), MARSHRUT_PORT the port "
    "(default: 8790), DATABASE_URL a PostgreSQL 15 or later to use instead of the embedded one."
)
_ELSEWHERE = {
    "demo": ("marshrut.ops.demo.command", "run", "Fill a home with a living travel agency and serve it."),
    "bench": ("marshrut.ops.bench.command", "run", "Fill a home with many rows and measure through real HTTP."),
    "doctor": ("marshrut.ops.doctor", "run", "Check every promise about the data in SQL; exit code 1 when one is broken."),
    "import": ("marshrut.ops.importing", "run", "Bring in a file of leads, CSV or XLSX, and go on where it was cut short."),
    "backup": ("marshrut.ops.backups.command", "run_backup", "Keep everything of a home in one file, encrypted if a key is given."),
    "restore": ("marshrut.ops.backups.command", "run_restore", "Bring an empty home to the state of a backup, and compare."),
    "backup-key": ("marshrut.ops.backups.command", "run_key", "Make a key for backups."),
}
ROLES = ("manager", "senior", "supervisor", "marketer", "accountant", "owner", "administrator")
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # the type has no public name
_SENTENCES = (accounts.AccountError, homes.HomeError, postgres.PostgresError, launcher.LauncherError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 done, 1 refused with a sentence, 2 not understood."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in _ELSEWHERE:  # these know their own options
        module, name, _text = _ELSEWHERE[given[0]]
        return _guarded(lambda: getattr(importlib.import_module(module), name)(given[1:]))
    options, rest = make_parser().parse_known_args(given)
    if rest and options.command != "test":
        make_parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    return _guarded(lambda: options.run(options))


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except _SENTENCES as problem:
        print(f"marshrut: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="marshrut", description="Marshrut, a CRM for travel agencies.", epilog=_ENVIRONMENT
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_up(commands)
    for name, (_module, _name, help_text) in _ELSEWHERE.items():
        commands.add_parser(name, help=help_text, add_help=False)
    _add_test(commands)
    _add_token(commands)
    _add_user(commands)
    return parser


def _add(commands: _Commands, name: str, text: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=text, description=text, epilog=_ENVIRONMENT)


def _add_up(commands: _Commands) -> None:
    parser = _add(commands, "up", "Start Marshrut and keep it running until Ctrl-C.")
    add_address_options(parser)
    parser.set_defaults(run=_up)


def add_address_options(parser: argparse.ArgumentParser) -> None:
    """``--host`` and ``--port``, the same for every command that serves."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=_port, help="port to listen on (default: MARSHRUT_PORT, else 8790)")


def _port(written: str) -> int:
    if not written.isascii() or not written.isdigit() or not 0 < int(written) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(written)


def _add_test(commands: _Commands) -> None:
    parser = _add(commands, "test", "Run all checks and tests, on a real PostgreSQL and in a real browser.")
    parser.usage = "marshrut test [arguments of pytest: then only pytest runs]"
    parser.set_defaults(run=_test)


def _add_token(commands: _Commands) -> None:
    parser = _add(commands, "token", "Issue a token for a program and print it, alone, once.")
    parser.add_argument("name", metavar="NAME", help="what the token is called in history; may be used again")
    parser.add_argument("--scopes", nargs="+", metavar="SCOPE", help="such as inquiries:write (default: all of work)")
    parser.add_argument("--reach", choices=["office", "all"], default="all", help="whose records it sees")
    parser.add_argument("--office", metavar="SLUG", help="the office of reach “office” (default: the first)")
    parser.set_defaults(run=_token)


def _add_user(commands: _Commands) -> None:
    parser = _add(commands, "user", "Make an account, or change the one with this e-mail address.")
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--name", help="as colleagues and clients read it (default: the part before the @)")
    parser.add_argument("--office", metavar="SLUG", help="where the person works (default: the first office)")
    parser.add_argument("--password", help="“-” asks for it or reads it from a pipe; left out, one is made and printed")
    parser.set_defaults(run=_user)


def _up(options: argparse.Namespace) -> int:
    home, port = homes.chosen_home(), options.port or homes.chosen_port()
    return launcher.run(launcher.Plan(home, port, options.host))


def _test(options: argparse.Namespace) -> int:
    return int(importlib.import_module("marshrut.ops.testing").run(options.rest))


def _token(options: argparse.Namespace) -> int:
    with databases.at_work(homes.chosen_home()):
        print(importlib.import_module("marshrut.ops.people").issue_token(options))
    return 0


def _user(options: argparse.Namespace) -> int:
    with databases.at_work(homes.chosen_home()):
        print(importlib.import_module("marshrut.ops.people").add_user(options))
    return 0
