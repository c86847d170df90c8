"""Reads about people who work here, as those who manage them see them: state, ways in, factors, teams, tokens."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db import connection

from marshrut.agency.permissions import WITH_SECOND_FACTOR
from marshrut.agency.queries import digest_of

INVITED, ACTIVE, LEFT, EXPIRED = "invited", "active", "left", "expired"


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One colleague in the list. `state`: invited, expired (an invitation nobody can use any more), active or left."""

    id: int
    name: str
    email: str
    role: str
    office_id: int
    office: str
    team_id: int | None
    team: str | None
    reach: str
    unmasked: list[str] | None
    capacity: int | None
    share_weight: Decimal
    is_on_duty: bool
    state: str
    sessions: int
    has_factor: bool
    seen_at: datetime | None
    joined_at: datetime | None
    left_at: datetime | None
    languages: list[str]

    @property
    def needs_factor(self) -> bool:
        """Whether the role asks for a second factor that is not there."""
        return not self.has_factor and self.state == ACTIVE and self.role in {role.value for role in WITH_SECOND_FACTOR}


_STAFF = """
    select e.id, e.name, e.email, e.role, e.office_id, o.name, e.team_id, t.name, e.reach, e.unmasked, e.capacity, e.share_weight,
        e.is_on_duty,
        case when e.left_at is not null then 'left' when e.is_active then 'active'
             when exists (select from agency_accesslink l where l.employee_id = e.id and l.kind = 'invitation' and l.used_at is null
                          and l.revoked_at is null and l.expires_at > now()) then 'invited' else 'expired' end,
        (select count(*) from agency_loginsession s where s.employee_id = e.id and s.ended_at is null
            and s.seen_at > now() - interval '14 days'),
        exists (select from agency_authenticator a where a.employee_id = e.id and a.confirmed_at is not null)
            or exists (select from agency_passkey k where k.employee_id = e.id),
        (select max(seen_at) from agency_loginsession s where s.employee_id = e.id), e.joined_at, e.left_at, e.languages
    from agency_employee e join agency_office o on o.id = e.office_id left join agency_team t on t.id = e.team_id """


def list_staff() -> list[StaffLine]:
    """Everybody: who works here first, then the invited, then who left; by office and name."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_STAFF} order by e.left_at is not null, not e.is_active, o.id, e.name, e.id")
        return [StaffLine(*row) for row in cursor.fetchall()]


def find_colleague(employee_id: int) -> StaffLine | None:
    """One colleague, whatever their state."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_STAFF} where e.id = %s", [employee_id])
        row = cursor.fetchone()
    return StaffLine(*row) if row else None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team, its office and how many are in it."""

    id: int
    name: str
    office_id: int
    office: str
    members: list[str]


def list_teams() -> list[TeamLine]:
    """All teams with their office and members, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select t.id, t.name, t.office_id, o.name,
                   array(select e.name from agency_employee e where e.team_id = t.id and e.is_active order by e.name)
               from agency_team t join agency_office o on o.id = t.office_id order by o.id, t.name"""
        )
        return [TeamLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors of one person; `codes`: recovery codes not used yet."""

    has_app: bool
    keys: tuple[KeyLine, ...]
    codes: int

    def __bool__(self) -> bool:
        return self.has_app or bool(self.keys)


def factors_of(employee_id: int) -> Factors:
    """Which second factors somebody has set up, and how many recovery codes are left."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select exists (select from agency_authenticator where employee_id = %s and confirmed_at is not null),
                   (select count(*) from agency_recoverycode where employee_id = %s and used_at is null)""",
            [employee_id, employee_id],
        )
        has_app, codes = cursor.fetchone()
        cursor.execute(
            "select id, name, created_at, used_at from agency_passkey where employee_id = %s order by id", [employee_id]
        )
        return Factors(has_app, tuple(KeyLine(*row) for row in cursor.fetchall()), codes)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A passkey as the door needs it."""

    id: int
    employee_id: int
    public_key: bytes
    sign_count: int


def find_key(credential_id: bytes) -> KnownKey | None:
    """The passkey of somebody who works here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select k.id, k.employee_id, k.public_key, k.sign_count from agency_passkey k
               join agency_employee e on e.id = k.employee_id where k.credential_id = %s and e.is_active""",
            [credential_id],
        )
        row = cursor.fetchone()
    return KnownKey(row[0], row[1], bytes(row[2]), row[3]) if row else None


def credentials_of(employee_id: int) -> list[bytes]:
    """Ids of somebody's passkeys."""
    with connection.cursor() as cursor:
        cursor.execute("select credential_id from agency_passkey where employee_id = %s", [employee_id])
        return [bytes(row[0]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A one-time link as the page it leads to needs it. `state`: good, used, revoked or expired."""

    state: str
    name: str
    email: str


def read_link(secret: str, kind: str, now: datetime) -> LinkCard | None:
    """The link under this secret; None when there never was one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select case when l.used_at is not null then 'used' when l.revoked_at is not null then 'revoked'
                   when l.expires_at <= %s or e.left_at is not null then 'expired' else 'good' end, e.name, e.email
               from agency_accesslink l join agency_employee e on e.id = l.employee_id where l.digest = %s and l.kind = %s""",
            [now, digest_of(secret), kind],
        )
        row = cursor.fetchone()
    return LinkCard(*row) if row else None


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A service account in the list."""

    id: int
    name: str
    scopes: list[str]
    reach: str
    office: str | None
    created_at: datetime
    created_by: str
    creator: str | None
    used_at: datetime | None
    revoked_at: datetime | None


def list_tokens(created_by: str = "") -> list[TokenLine]:
    """Tokens in use first, the latest first; only those of one actor when `created_by` names it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select a.id, a.name, a.scopes, a.reach, o.name, a.created_at, a.created_by, e.name, a.used_at, a.revoked_at
               from agency_apitoken a left join agency_office o on o.id = a.office_id
               left join agency_employee e on a.created_by = 'employee:' || e.id
               where %s = '' or a.created_by = %s
               order by a.revoked_at is not null, a.id desc limit 500""",
            [created_by, created_by],
        )
        return [TokenLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """Somebody is away, and who works for them."""

    id: int
    employee_id: int
    name: str
    office_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    substitute_id: int | None
    substitute: str | None


def list_absences(office_id: int | None, since: datetime, until: datetime) -> list[AbsenceLine]:
    """Absences that touch these moments, of one office or of all; the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select a.id, e.id, e.name, e.office_id, a.starts_at, a.ends_at, a.reason, a.substitute_id, s.name
               from agency_absence a join agency_employee e on e.id = a.employee_id
               left join agency_employee s on s.id = a.substitute_id
               where e.is_active and (%s::bigint is null or e.office_id = %s) and a.ends_at > %s and a.starts_at < %s
               order by a.starts_at, a.id limit 1000""",
            [office_id, office_id, since, until],
        )
        return [AbsenceLine(*row) for row in cursor.fetchall()]


def find_absence(absence_id: int) -> AbsenceLine | None:
    """One absence with whose it is; None when there is none. The caller asks whether it is within reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select a.id, e.id, e.name, e.office_id, a.starts_at, a.ends_at, a.reason, a.substitute_id, s.name
               from agency_absence a join agency_employee e on e.id = a.employee_id
               left join agency_employee s on s.id = a.substitute_id where a.id = %s and e.is_active""",
            [absence_id],
        )
        row = cursor.fetchone()
    return AbsenceLine(*row) if row else None




def shifts_of(employee_id: int) -> dict[int, list[tuple[time, time]]]:
    """Hours of one person by weekday; empty: the office's."""
    with connection.cursor() as cursor:
        cursor.execute("select weekday, starts, ends from agency_shift where employee_id = %s order by weekday, starts", [employee_id])
        found: dict[int, list[tuple[time, time]]] = {}
        for weekday, starts, ends in cursor.fetchall():
            found.setdefault(weekday, []).append((starts, ends))
        return found
