"""What the templates of the desk expect. Words in them are already in the reader's language."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tag:
    """A soft label; tone is neutral, info, good, warm, bad or accent."""

    label: str
    tone: str = "neutral"
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something with an id: an owner, a queue."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """Another matter to go to."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a matter; `id` is None when nobody is identified, or their page is out of reach."""

    id: int | None
    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    title: str
    kind: str
    due_at: datetime
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual moment offered beside a field."""

    label: str
    value: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above a list; what is chosen stands in the address."""

    name: str
    label: str
    value: str
    value_label: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Tab:
    slug: str
    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known about a matter; None: not known yet."""

    label: str
    value: str | None
    href: str | None = None
    tag: Tag | None = None
    read: str = ""
    """Read out of the message and confirmed by nobody yet: what of the request it is, empty for what was stated."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message; what was read in it is marked."""

    text: str
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    kind: str
    value: str
    href: str | None
    is_main: bool
    is_shared: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter of ours on its way. `state` is waiting, sent, failed or cancelled."""

    id: int
    state: str
    label: str
    tone: str
    problem: str
    can_repeat: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file that came or went with a letter. `is_shown`: the browser may show it by itself."""

    id: int
    name: str
    size: str
    is_private: bool
    is_ours: bool
    is_shown: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story of a matter."""

    id: int
    icon: str
    at: datetime
    who: str
    title: str
    body: str | None
    is_answer: bool
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage in the bar: done, now or ahead."""

    slug: str
    name: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Matter:
    """An inquiry or a deal wherever it is shown. `since`: when it came in or entered its stage."""

    kind: str
    id: int
    dossier: int
    title: str
    since: datetime
    trip: str = ""
    person: Client | None = None
    tags: list[Tag] = field(default_factory=list)
    task: Task | None = None
    score: int | None = None
    reasons: list[str] = field(default_factory=list)
    money: Money | None = None
    owner: Named | None = None
    queue: Named | None = None
    respond_by: datetime | None = None
    is_new: bool = False

    @property
    def number(self) -> str:
        return str(self.id)


@dataclass(frozen=True, kw_only=True)
class BoardMatter(Matter):
    """A card of the board and the address that is asked when it is dropped."""

    drop_url: str


@dataclass(frozen=True, kw_only=True)
class PastMatter(Matter):
    """A matter on the client's page."""

    is_open: bool
    outcome: str | None = None
    outcome_label: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """The closed matter a client came back from; `url` is None where it is out of the reader's reach."""

    label: str
    outcome: str | None
    reason: str
    closed_at: datetime | None
    url: str | None
    title: str
    earlier: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Until when a matter was put aside, and what for."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the words of a message propose, how sure they are and which they are, in words."""

    slug: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """The class or the category of an inquiry: what it is, why, and what can be done about it."""

    axis: str
    title: str
    slug: str
    label: str
    reason: str
    proposal: Proposal | None = None
    may_be_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class GateLine:
    """What the client said at a gate, and what followed; `asks` where the supervisor has to decide."""

    id: int
    question: str
    said: str
    tone: str
    words: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing of the minimum contact set, and whether it is known."""

    label: str
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class MatterCard(Matter):
    """The whole card of an inquiry or a deal."""

    is_open: bool
    state: str
    outcome: str | None = None
    outcome_label: str = ""
    close_reason: str = ""
    stage: StageStep | None = None
    stages: list[StageStep] = field(default_factory=list)
    next_stage: StageStep | None = None
    stage_hint: str = ""
    facts: list[Fact] = field(default_factory=list)
    facts_missing: list[str] = field(default_factory=list)
    own_facts: list[Fact] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    owner_reason: str = ""
    sorted_as: list[Sorted] = field(default_factory=list)
    sorted_id: int | None = None
    relevance: str = ""
    relevance_reasons: list[str] = field(default_factory=list)
    priority_reasons: list[str] = field(default_factory=list)
    contact_missing: list[str] = field(default_factory=list)
    contact_set: list[Asked] = field(default_factory=list)
    source: str = ""
    message: str = ""
    words: list[Piece] = field(default_factory=list)
    has_read: bool = False
    request_id: int | None = None
    received_at: datetime | None = None
    duplicate_of: Numbered | None = None
    deal: Numbered | None = None
    inquiry: Numbered | None = None
    can_take: bool = False
    quiet_ways: list[Option] = field(default_factory=list)
    can_write: bool = True
    can_mail: bool = False
    waiting: Waiting | None = None
    came_back: CameBack | None = None
    gates: list[GateLine] = field(default_factory=list)
    may_decide: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board; the first holds inquiries that are not deals yet."""

    slug: str
    name: str
    colour: int
    count: int
    amounts: list[Money]
    cards: list[BoardMatter]
    more_count: int
    more_url: str | None = None
    waiting_count: int = 0
    waiting_url: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number over the board with what it means."""

    icon: str
    label: str
    value: str
    note: str = ""
    note_value: str = ""
    note_tone: str = ""
