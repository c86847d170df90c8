"""``./marshrut demo``: a home filled with a living agency, served until Ctrl-C, with inquiries that keep arriving."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from marshrut.ops import cli, homes, launcher

FILLERS = ("marshrut.ops.seed", "marshrut.ops.demo.fill")


def run(arguments: Sequence[str]) -> int:
    """The command; gives the launcher's exit code."""
    parser = argparse.ArgumentParser(
        prog="marshrut demo",
        description="Fill a home with a living travel agency, once, and serve it; new inquiries keep arriving. "
        "The people to log in as, and their password, are printed at every start.",
    )
    cli.add_address_options(parser)
    parser.add_argument("--quiet", action="store_true", help="let no new inquiries arrive")
    options = parser.parse_args(list(arguments))
    home, port = homes.chosen_home(), options.port or homes.chosen_port()
    extras = () if options.quiet else ("marshrut.ops.demo.arrivals",)
    return launcher.run(launcher.Plan(home, port, options.host, fillers=FILLERS, extras=extras))
