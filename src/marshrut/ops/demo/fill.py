"""Fill a home with the demo's agency, once; print who can log in, every time. Run by the launcher before the doors open."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

_SEED = 2026
_DAYS, _INQUIRIES = 122, 2300
_WORDS = ("baikal", "anapa", "zhiguli", "karelia", "odesa", "lviv", "elbrus", "kaspiy", "dnipro", "selenga", "altai", "volga",
          "carpaty", "taganay", "kizhi", "uralsk")
_FRESH = (13.0, 8.5, 6.2, 4.1, 3.3, 2.4, 1.6, 0.9, 0.3)  # minutes ago, not answered yet
_QUEUED = (3.7, 2.2, 0.6)


def common_password(key: str) -> str:
    """The password of all demo accounts of this home: made from its signing key, so it is kept nowhere else."""
    digest = hmac.new(key.encode(), b"password of the demo", hashlib.sha256).digest()
    return f"{_WORDS[digest[0] % 16]}-{_WORDS[digest[1] % 16]}-{digest[2]:03}"


def fill(password: str) -> bool:
    """Write the agency and its last months; False when this home has them already."""
    from django.db import connection, transaction
    from django.utils import translation

    from marshrut.core.clock import utc_now
    from marshrut.ops.rows import sign_quietly

    from .agency import is_filled, write_agency
    from .lately import live_lately
    from .pages import BY
    from .rules import write_rules

    if is_filled():
        return False
    now = utc_now()
    with translation.override("ru"), transaction.atomic(), connection.cursor() as cursor:
        sign_quietly(cursor, BY)
        write_agency(password, now)
        write_rules(now)
        _write_months(cursor, now)
        live_lately(random.Random(_SEED), now)
    return True


def _write_months(cursor: Any, now: datetime) -> None:
    from marshrut.agency.models import Employee
    from marshrut.agency.queries import read_revision
    from marshrut.deals.queries import read_funnels
    from marshrut.intake.models import ShareLedger
    from marshrut.intake.reference import read_reference

    from .agency import read_staff_data
    from .chronicle import Chronicle, arrival_times

    chance, reference = random.Random(_SEED), read_reference()
    ids = dict(Employee.objects.values_list("email", "id"))
    paces = {ids[row["email"]]: row["pace"] for row in read_staff_data()["people"] if "pace" in row}
    chronicle = Chronicle(chance, reference, read_funnels(read_revision()), paces, cursor, now)
    zones = {office.slug: ZoneInfo(office.time_zone) for office in reference.staff.offices.values()}
    for at, office in arrival_times(chance, zones, now, _INQUIRIES, _DAYS):
        chronicle.happen(at, office)
    live = [(minutes, minutes in _QUEUED) for minutes in sorted({*_FRESH, *_QUEUED}, reverse=True)]
    for number, (minutes, in_queue) in enumerate(live):
        at = now - timedelta(minutes=minutes)
        chronicle.happen(at, ("nevsky", "podil")[number % 2], in_queue=in_queue, is_fresh=True)
    chronicle.finish()
    chronicle.rows.write(cursor)
    cursor.execute(
        """update channels_rawmessage r set office_id = f.office_id from channels_form f
           where r.state = 'quarantined' and r.channel = 'site_form' and f.id = (select min(id) from channels_form)""")
    ShareLedger.objects.bulk_create(
        ShareLedger(pool=pool, **ledger.as_json()) for pool, ledger in chronicle.ledgers.items())


def write_arrivals_letter(home: Path) -> None:
    """What `arrivals` needs: a token of its own, the forms' keys, some clients to come again. Readable by us only."""
    from marshrut.agency.models import ApiToken
    from marshrut.agency.queries import digest_of
    from marshrut.channels.models import Form
    from marshrut.clients.models import ContactPoint
    from marshrut.ops import homes

    secret = "mrt_" + homes.secret(home, "demo-token")
    ApiToken.objects.get_or_create(digest=digest_of(secret), defaults={
        "name": "Демо: поток обращений", "scopes": ["inquiries:write"], "reach": "all"})
    known = ContactPoint.objects.filter(kind="phone", is_shared=False).order_by("-person_id").values_list("person__display_name", "written")
    letter = {
        "token": secret,
        "forms": dict(Form.objects.filter(is_active=True, office__isnull=False).values_list("office__slug", "key")),
        "clients": [list(row) for row in known[:300]],
    }
    path = home / "secrets" / "demo-arrivals.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(letter, file, ensure_ascii=False)


def people_table(password: str) -> str:
    """Who can log in, as lines for the terminal."""
    from .agency import read_staff_data

    data = read_staff_data()
    offices = {office["slug"]: office["name"] for office in data["offices"]}
    rows = [("E-mail", "Role", "Name", "Office")]
    for row in sorted(data["people"], key=lambda one: not one.get("duty")):
        role = row["role"] + (", on duty day and night" if row.get("duty") else "")
        rows.append((row["email"], role, row["name"], offices[row["office"]]))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(["", *lines, "", f"Password of all of them: {password}", ""])


def main() -> int:
    """Fill if needed, and print; the exit code."""
    django.setup()
    from django.conf import settings

    from marshrut.agency.models import Office
    from marshrut.core.clock import utc_now
    from marshrut.intake.models import Inquiry

    from .agency import is_filled
    from .mail import write_mail

    if not is_filled() and (Inquiry.objects.exists() or Office.objects.count() != 1):
        print("This home holds an agency's own data: name another folder in MARSHRUT_HOME for the demo.", file=sys.stderr)
        return 1
    password = common_password(settings.SECRET_KEY)
    if not is_filled():
        print("Filling the demo: some months of an agency with two offices…", flush=True)
        fill(password)
    home = Path(os.environ["MARSHRUT_HOME"])
    write_mail(home, utc_now())
    write_arrivals_letter(home)
    print(people_table(password), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
