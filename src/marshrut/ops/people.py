"""Accounts and tokens from the command line. Needs Django set up on the home's database (``databases.at_work``)."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from marshrut.agency import services
from marshrut.agency.permissions import system
from marshrut.core.emails import read_email
from marshrut.core.errors import DomainError

from .homes import HomeError


def issue_token(options: argparse.Namespace) -> str:
    """A new token's secret."""
    scopes = [scope for written in options.scopes or [] for scope in written.replace(",", " ").split()]
    try:
        return services.issue_token(
            name=options.name, scopes=frozenset(scopes) if scopes else None, reach=options.reach,
            office=options.office, by=system("command line"), now=timezone.now(),
        )  # fmt: skip
    except DomainError as problem:
        raise HomeError(str(problem)) from problem


def add_user(options: argparse.Namespace) -> str:
    """Make or change an account; gives the line to print, with the password if we made it up.

    A home that has never been started gets what every home begins with first: an employee belongs to an office.
    """
    if read_email(options.email) is None:
        raise HomeError(f"“{options.email}” is no e-mail address: people log in with one, such as anna@agency.example.")
    call_command("seed_home")
    password, is_generated = _password(options.password)
    name = options.name or _present_name(options.email) or options.email.partition("@")[0]
    try:
        employee = services.add_employee(
            email=options.email, name=name, role=options.role, password=password, office=options.office,
            by=system("command line"), now=timezone.now(),
        )  # fmt: skip
    except DomainError as problem:
        raise HomeError(str(problem)) from problem
    return f"{employee.email} {password}" if is_generated else f"{employee.email}"


def _present_name(email: str) -> str:
    known = get_user_model().objects.filter(email=email.strip().lower()).values_list("name", flat=True).first()
    return str(known or "")


def _password(given: str | None) -> tuple[str, bool]:
    if given is None:
        return secrets.token_urlsafe(12), True
    if given != "-":
        return given, False
    return (getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")), False
