"""The world of the rights matrix: two matters of Anna's, everybody who looks at them, and the words that would betray them."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from marshrut.agency.models import Employee, Team
from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.channels.models import Form, Sending
from marshrut.clients.models import Consent
from marshrut.core.clock import utc_now
from tests.cast import Cast

NAMES = ("Тайнова", "Тайные")  # who the client is and what they said
WAYS = ("1110000", "111-00-00", "tainova")  # how they are reached: hidden from whoever may not see phones
SECRETS = (*NAMES, *WAYS)


@dataclass(frozen=True)
class Kind:
    """What an address is. `KIND("scope")` is the same for holders of that scope; others get 403 of it."""

    name: str
    scope: str = ""

    def __call__(self, scope: str) -> "Kind":
        return replace(self, scope=scope)


@dataclass
class World:
    """Numbers of Anna's things by the first word of their address, and browsers by who looks through them."""

    ids: dict[str, int | str]
    seeing: dict[str, Client]
    blind: dict[str, Client]
    roles: dict[str, str] = field(default_factory=dict)
    masked: tuple[str, ...] = ("marketer", "accountant")
    nameless: dict[str, int | str] = field(default_factory=dict)  # the same numbers, of a client known by an address only

    @property
    def everybody(self) -> dict[str, Client]:
        return {**self.seeing, **self.blind}

    def address(self, route: str) -> str:
        """The address with the number of Anna's thing that it names, or with a query it needs."""
        if "<" not in route:
            return route + "?q=Ксения" * route.endswith("/search")
        words = [w for w in route.removeprefix("/api/v1").removeprefix("/board").strip("/").split("/") if not w.startswith("<")]
        named = "/".join(words[:2]) if "/".join(words[:2]) in self.ids else words[0]
        return re.sub(r"<[^>]*>", lambda found: str(self.ids.get("forms" if named == "f" else named, _any(found.group()))), route)


def _any(converter: str) -> str:
    """Something the address accepts where the world has nothing of that kind."""
    return "nothing-like-this" if converter.startswith(("<slug", "<str")) else "999999999"


def make_world(cast: Cast) -> World:
    """Boris is full, so everything comes to Anna; all seven roles look, some of them from the other office."""
    Employee.objects.filter(pk=cast.boris.id).update(capacity=0)
    people = _people(cast)
    program = Client(headers={"Authorization": f"Bearer {token()}"})
    came = [_send(program, n) for n in range(2)]
    assert {c["owner"]["id"] for c in came} == {cast.anna.id}
    deal = program.post(f"/api/v1/inquiries/{came[1]['id']}/deal", {"funnel": "office"}, content_type="application/json").json()
    unnamed = _send(program, 2, name=None, phone=None)
    browsers = {role: _browser(number) for role, number in people.items()}
    blind = ("colleague", "senior of another team", "stranger", "foreign supervisor", "administrator")
    roles = {role: Employee.objects.get(pk=number).role for role, number in people.items()}
    ids = _ids(came, deal, cast)
    return World(
        ids,
        {role: browser for role, browser in browsers.items() if role not in blind},
        {role: browsers[role] for role in blind},
        roles,
        nameless={**ids, "inquiries": unnamed["id"], "inbox": unnamed["id"], "tasks": unnamed["next_action"]["id"],
                  **dict.fromkeys(("persons", "clients", "privacy/people"), unnamed["person"]["id"])},
    )  # fmt: skip


def _people(cast: Cast) -> dict[str, int]:
    """Who looks, by what they are to Anna's clients."""
    nevsky, podil = (Employee.objects.get(pk=who.id).office for who in (cast.anna, cast.stranger))
    ours, theirs = (Team.objects.create(name=name, office=nevsky) for name in ("Море", "Горы"))
    Employee.objects.filter(pk=cast.anna.id).update(team=ours)

    def hire(role: str, name: str, office: Any = nevsky, team: Team | None = None) -> int:
        email = f"{role}{name}@agency.example".lower()
        return Employee.objects.create(email=email, name=f"{name} Проверочная", role=role, office=office, team=team, capacity=0, password="!").id

    return {
        "owner of the matter": cast.anna.id, "senior of the team": hire("senior", "Алла", team=ours), "supervisor": cast.supervisor.id,
        "marketer": hire("marketer", "Мария"), "accountant": hire("accountant", "Бэлла"), "owner": cast.owner.id,
        "colleague": cast.boris.id, "senior of another team": hire("senior", "Зоя", team=theirs), "stranger": cast.stranger.id,
        "foreign supervisor": hire("supervisor", "Оксана", podil), "administrator": cast.administrator.id,
    }  # fmt: skip


def _ids(came: list[dict[str, Any]], deal: dict[str, Any], cast: Cast) -> dict[str, int | str]:
    """The number a word of an address stands for. A thing of a new kind: make it here, under its address's first word."""
    from marshrut.channels.services import keep_upload, queue_message
    from marshrut.clients.services import keep_consent
    from marshrut.intake.models import Inquiry

    client, dossier = came[0]["person"]["id"], Inquiry.objects.get(pk=came[0]["id"]).dossier_id
    letter = {"to": "guest@example.com", "subject": "Тур", "text": "Добрый день", "purpose": "message", "dossier_id": dossier}
    keep_consent(person_id=client, raw_id=None, text="Согласие", version="1", channel="phone", given_at=utc_now())
    return {
        "corrections": _correction_of(came[0]["id"], cast),
        "reports": "sources", "help": "manager", "privacy/people": client, "privacy/consents": Consent.objects.values_list("pk", flat=True)[0],
        "quarantine": _waiting_of(cast), "inquiries": came[0]["id"], "inbox": came[0]["id"], "deals": deal["id"], "tasks": came[0]["next_action"]["id"],
        "persons": came[0]["person"]["id"], "clients": came[0]["person"]["id"], "forms": Form.objects.values_list("key", flat=True)[0],
        **_doubles_of(client, cast), "refusals": _refusal_of(deal["id"], cast),
        "files": keep_upload(name="Подборка.txt", pieces=[b"words"], start=b"words", dossier_id=dossier),
        "sendings": _failed(queue_message(**letter, by=cast.anna, now=utc_now())), "dossiers": dossier, "staff": cast.boris.id, "imports": _import_of(cast),
    }  # fmt: skip


def _refusal_of(deal_id: int, cast: Cast) -> int:
    """What Anna's client has refused at a gate, and the supervisor has not decided about."""
    from marshrut.deals.models import Deal, Gate, GateAnswer

    deal = Deal.objects.get(pk=deal_id)
    gate = Gate.objects.create(stage_id=deal.stage_id, question="Согласен на встречу", is_active=False)
    return GateAnswer.objects.create(
        deal=deal, dossier_id=deal.dossier_id, gate=gate, agreed=False, words="Тайные слова", consequence="ask", at=utc_now(), by=cast.anna.label
    ).pk


def _correction_of(inquiry_id: int, cast: Cast) -> int:
    """What Anna has said of the class of her inquiry."""
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import correct_inquiry

    said = {"inquiry_class": "new_sale", "way": "dialog", "reference": read_reference()}
    return correct_inquiry(inquiry_id=inquiry_id, by=cast.anna, now=utc_now(), **said).corrections[0]


def _doubles_of(client: int, cast: Cast) -> dict[str, int]:
    """A client who may be Anna's client twice, a child, a number, and a record that was merged into hers."""
    from marshrut.clients.models import ContactPoint, Person, Suspect
    from marshrut.clients.services import relate_people
    from marshrut.privacy.services import merge_people

    twice, child, gone = (Person.objects.create(display_name=name, search_name=name.lower(), owner_id=cast.anna.id, office_id=cast.anna.office_id).pk
                          for name in ("Тайнова Ксенья", "Тайнова Лиза", "Тайнова Оксана"))  # fmt: skip
    suspect = Suspect.objects.create(person_id=client, other_id=twice, reason={"code": "alike", "fields": {"surname": 1}}, score=0.9)
    return {
        "duplicates": suspect.pk, "contacts": ContactPoint.objects.filter(person_id=client).values_list("pk", flat=True)[0],
        "relations": relate_people(person_id=client, other_id=child, kind="child", by=cast.anna, now=utc_now()),
        "merges": merge_people(keep_id=client, gone_id=gone, choose={}, by=cast.owner, now=utc_now()).pk,
    }  # fmt: skip


def _waiting_of(cast: Cast) -> int:
    """A form of the site of Anna's office that waits in quarantine for her supervisor."""
    from marshrut.intake.form_reading import as_contract
    from marshrut.intake.reading import read_submission
    from marshrut.intake.services import accept_quarantined

    now = utc_now()
    values = {"name": "Ксения Тайнова", "phone": "+79161110000", "message": "Тайные слова"}
    read = read_submission(as_contract(values, {}, "site"), regions=("RU",), today=now.date(), now=now)
    came = replace(read, office_id=cast.anna.office_id)
    return accept_quarantined(submission=came, body=json.dumps(values).encode(), reason="?", by=system("test"), now=now).id


def _failed(sending: int) -> int:
    """A letter whose refusal names the client's address, as mail servers do."""
    Sending.objects.filter(pk=sending).update(state="failed", problem="550 <tainova0@mail.ru>: no such user")
    return sending


def _import_of(cast: Cast) -> int:
    """A file of leads that Anna's supervisor has handed in."""
    from marshrut.intake.services.import_runs import create_run

    content = "Имя;Телефон\nКсения Тайнова;8 916 111-00-00\n".encode()
    return create_run(pieces=[content], file_name="leads.csv", mode="history", office_id=None, by=cast.supervisor, now=utc_now())


def token(**given: Any) -> str:
    return issue_token(name="matrix", by=system("test"), now=utc_now(), **given)


def program(**given: Any) -> Client:
    """A program with a token of its own."""
    return Client(headers={"Authorization": f"Bearer {token(**given)}"}, raise_request_exception=False)


def _send(client: Client, n: int, **other: Any) -> dict[str, Any]:
    contact = {"name": f"Ксения Тайнова{'выы'[n]}", "phone": f"+791611100{n}0", "email": f"tainova{n}@mail.ru", **other}
    body = {"channel": "site_form", "source": "site", "contact": contact, "message": f"Тайные слова, мой номер 8 (916) 111-00-{n}0"}
    answer = client.post("/api/v1/inquiries", body, content_type="application/json")
    assert answer.status_code == 201
    return answer.json()


def _browser(number: int) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(Employee.objects.get(pk=number))
    return browser


def ask(client: Client, method: str, address: str, body: Any = None, **extra: Any) -> Any:
    """One request whose writes are undone, so that the next one finds the same world."""
    with transaction.atomic():
        kind = {"content_type": "application/json"} if body is not None else {}
        answer = client.generic(method, address, json.dumps(body).encode() if body is not None else b"", **kind, **extra)
        if answer.streaming:  # read while the world is still there
            answer.kept = b"".join(answer)
        transaction.set_rollback(True)
    assert answer.status_code < 500 or address == "/readyz", f"{method} {address}: {answer.status_code}"
    return answer


def betrayed(answer: Any, asked: str = "", secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """Words of the client that stand in an answer, not counting the reader's own question."""
    text = unquote((getattr(answer, "kept", None) or b"".join(answer)).decode(errors="replace"))
    text = text.replace(asked, "").replace(asked.replace(" ", "+"), "") if asked else text
    return [word for word in secrets if word in text]


def addresses(patterns: Any = None, prefix: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address of the house and its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def parts_of(view: Callable[..., Any]) -> set[str]:
    """Regions a page answers alone when `?part=` names them, read from its source."""
    try:
        return set(re.findall(r'part_or_page\(\s*request,\s*"(\w+)"', inspect.getsource(inspect.unwrap(view))))
    except (OSError, TypeError):
        return set()
