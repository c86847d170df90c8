"""Who acts, and what they may see. Pages, API, search, export and event streams all ask here."""

from dataclasses import dataclass, field

from marshrut.agency.models import Role

REACH_OF_ROLE = {
    Role.MANAGER: "own",
    Role.SUPERVISOR: "office",
    Role.OWNER: "all",
    Role.ADMINISTRATOR: "none",
}
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
MANAGING = frozenset({"staff:write", "settings:write"})
SCOPES_OF_ROLE = {
    Role.MANAGER: EVERYTHING,
    Role.SUPERVISOR: EVERYTHING,
    Role.OWNER: EVERYTHING | MANAGING,
    Role.ADMINISTRATOR: MANAGING,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts: an employee, a token, or the system itself.

    `reach` is own, office, all or none: which clients and matters this actor sees. `label` is what history keeps.
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

    @property
    def label(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else f"{self.kind}:{self.name}"

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def sees(self, owner_id: int | None, office_id: int | None) -> bool:
        """Whether a matter of this owner and office is within reach."""
        if self.reach == "all":
            return True
        if self.reach == "office":
            return office_id is not None and office_id == self.office_id
        return self.reach == "own" and owner_id is not None and owner_id == self.id


def system(name: str) -> Actor:
    """The system acting by itself, e.g. system('clock')."""
    return Actor("system", 0, name, reach="all", scopes=EVERYTHING)


def reach_sql(actor: Actor, alias: str) -> tuple[str, list[int | None]]:
    """The condition `sees` as SQL over a table or alias that has owner_id and office_id."""
    if actor.reach == "all":
        return "true", []
    if actor.reach == "office":
        return f"{alias}.office_id = %s", [actor.office_id]
    if actor.reach == "own":
        return f"{alias}.owner_id = %s", [actor.id]
    return "false", []
