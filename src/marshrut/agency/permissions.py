"""Who acts, and what they may see. Pages, API, search, export and event streams all ask here."""

from dataclasses import dataclass, field
from typing import Any

from marshrut.agency.models import Role
from marshrut.core.masks import mask_contact, mask_email, mask_name, mask_phone, mask_text

REACH_OF_ROLE = {
    Role.MANAGER: "own",
    Role.SENIOR: "team",
    Role.SUPERVISOR: "office",
    Role.MARKETER: "all",
    Role.ACCOUNTANT: "all",
    Role.OWNER: "all",
    Role.ADMINISTRATOR: "none",
}
REACHES = ("own", "team", "office", "all", "none")
EVERYTHING = frozenset(
    {
        "inquiries:write",
        "inquiries:read",
        "deals:write",
        "deals:read",
        "tasks:write",
        "tasks:read",
        "persons:read",
        "reports:read",
    }
)
"""What a token may do unless its scopes are named."""
SELLING = EVERYTHING | {"persons:write", "messages:write"}
LEADING = SELLING | {"exports:read", "imports:write", "absences:write", "persons:merge"}
MANAGING = frozenset({"staff:write", "settings:write", "absences:write"})
READING = frozenset({"inquiries:read", "deals:read", "persons:read", "reports:read"})
ALL_SCOPES = LEADING | MANAGING | {"marketing:write", "privacy:write"}
SCOPES_OF_ROLE = {
    Role.MANAGER: SELLING,
    Role.SENIOR: SELLING,
    Role.SUPERVISOR: LEADING,
    Role.MARKETER: READING | {"marketing:write", "exports:read"},
    Role.ACCOUNTANT: READING | {"exports:read"},
    Role.OWNER: ALL_SCOPES,
    Role.ADMINISTRATOR: MANAGING,
}
FIELDS = ("phone", "passport", "margin")
UNMASKED_OF_ROLE = {
    Role.MANAGER: frozenset({"phone", "passport"}),
    Role.SENIOR: frozenset(FIELDS),
    Role.SUPERVISOR: frozenset(FIELDS),
    Role.MARKETER: frozenset[str](),
    Role.ACCOUNTANT: frozenset({"passport", "margin"}),
    Role.OWNER: frozenset(FIELDS),
    Role.ADMINISTRATOR: frozenset[str](),
}
WITH_SECOND_FACTOR = frozenset({Role.OWNER, Role.ADMINISTRATOR})
"""Who is asked to have a second factor even where the agency does not ask everybody."""
DOORS_ONLY = frozenset({"inquiries:write"})
"""What a token may do that whoever manages staff may issue without reading clients: put inquiries in."""
_WIDER = {"none": 0, "own": 1, "team": 2, "office": 3, "all": 4}


def usual_reach(role: str) -> str:
    """What a role sees unless it was set otherwise for a person."""
    return REACH_OF_ROLE[Role(role)]


def usual_unmasked(role: str) -> frozenset[str]:
    """The fields a role sees in full unless it was set otherwise for a person."""
    return UNMASKED_OF_ROLE[Role(role)]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts: an employee, a token, or the system itself.

    `reach` is own, team, office, all or none: which clients and matters this actor sees; `members` are the ids of the
    team. `unmasked` names the fields (phone, passport, margin) this actor sees in full. `label` is what history keeps.
    `revision` is that of the reference data when the actor was read, so that one request asks for it once.
    """

    kind: str
    id: int
    name: str
    role: str = ""
    office_id: int | None = None
    reach: str = "none"
    scopes: frozenset[str] = field(default_factory=frozenset)
    revision: int | None = field(default=None, compare=False)
    members: tuple[int, ...] = ()
    unmasked: frozenset[str] = frozenset(FIELDS)

    @property
    def label(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else f"{self.kind}:{self.name}"

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def shows(self, name: str) -> bool:
        """Whether this field (phone, passport, margin) is shown in full."""
        return name in self.unmasked

    def phone(self, value: str | None) -> str | None:
        """A phone as this actor may see it."""
        return value if self.shows("phone") else mask_phone(value)

    def email(self, value: str | None) -> str | None:
        """An e-mail address as this actor may see it: hidden with the phones."""
        return value if self.shows("phone") else mask_email(value)

    def contact(self, kind: str, value: str | None) -> str | None:
        """A way to reach somebody as this actor may see it."""
        return value if self.shows("phone") else mask_contact(kind, value)

    def text(self, value: str, known: tuple[str, ...] = ()) -> str:
        """What somebody said, its phones and addresses hidden from whoever may not see them."""
        return value if self.shows("phone") or not value else mask_text(value, known)

    def named(self, name: str | None) -> str:
        """Who a client is as this actor may see it: whoever gave no name is called by their number, address or account."""
        return (name or "") if self.shows("phone") or not name else mask_name(name)

    def sees(self, owner_id: int | None, office_id: int | None) -> bool:
        """Whether a matter of this owner and office is within reach."""
        if self.reach == "all":
            return True
        if self.reach == "office":
            return office_id is not None and office_id == self.office_id
        if self.reach == "team":
            return owner_id is not None and owner_id in self.members
        return self.reach == "own" and owner_id is not None and owner_id == self.id


def system(name: str) -> Actor:
    """The system acting by itself, e.g. system('clock')."""
    return Actor("system", 0, name, reach="all", scopes=EVERYTHING)


def reach_sql(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition `sees` as SQL over a table or alias that has owner_id and office_id."""
    if actor.reach == "all":
        return "true", []
    if actor.reach == "office":
        return f"{alias}.office_id = %s", [actor.office_id]
    if actor.reach == "team":
        return f"{alias}.owner_id = any(%s)", [list(actor.members)]
    if actor.reach == "own":
        return f"{alias}.owner_id = %s", [actor.id]
    return "false", []


def may_manage(actor: Actor, role: str) -> bool:
    """Whether this actor may change an account of that role: an owner's only an owner may."""
    return actor.kind == "system" or (actor.may("staff:write") and (role != Role.OWNER or actor.role == Role.OWNER))


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """Roles this actor may give: nobody makes an owner but an owner."""
    return tuple(role for role in Role if may_manage(actor, role))


def is_within(actor: Actor, role: str, reach: str, unmasked: frozenset[str] | None) -> bool:
    """Whether reach and fields go no further than the role's own, or else than what the giver holds."""
    if actor.kind == "system":
        return True
    most = max(_WIDER[REACH_OF_ROLE[Role(role)]], _WIDER[actor.reach])
    return _WIDER.get(reach or "none", 9) <= most and (unmasked or frozenset()) <= UNMASKED_OF_ROLE[Role(role)] | actor.unmasked


def scopes_to_give(actor: Actor) -> frozenset[str]:
    """Scopes of tokens this actor may issue: those held, and the one that only puts inquiries in."""
    return ALL_SCOPES if actor.kind == "system" else actor.scopes | DOORS_ONLY if actor.may("staff:write") else frozenset()


def is_foreign(actor: Actor, office_id: int) -> bool:
    """Whether an office is another's, for actors who answer for their own only."""
    return actor.kind != "system" and actor.reach not in ("all", "none") and actor.office_id != office_id
