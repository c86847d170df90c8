"""The papers are true: what they name exists, what they show works."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.core.clock import utc_now
from marshrut.ops.cli import make_parser
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src" / "marshrut"
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FILE = re.compile(r"`([a-z_]+(?:/[a-z_]+)*/?\w*\.(?:py|js|css|html|json|txt|toml|po))\b")


def names_of(paper: Path) -> list[str]:
    return FILE.findall(paper.read_text("utf-8"))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_a_paper_names_is_there(paper: Path) -> None:
    found = {str(file.relative_to(ROOT)) for file in ROOT.glob("*") if file.is_file()}
    found |= {str(file.relative_to(ROOT)) for folder in ("src", "tests", "docs") for file in (ROOT / folder).rglob("*.*")}
    missing = [name for name in names_of(paper) if not any(path == name or path.endswith(f"/{name}") for path in found)]
    assert missing == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_paper_a_paper_leads_to_is_there(paper: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", paper.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (paper.parent / link).exists()] == []


def test_every_decision_has_its_four_headings() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert re.findall(r"^## (\w+)$", record.read_text("utf-8"), re.MULTILINE) == ["Context", "Decision", "Refused", "Consequences"]


def test_the_readme_names_every_command() -> None:
    help_text = make_parser().format_help()
    named = set(re.findall(r"\./marshrut (\w+)", (ROOT / "README.md").read_text("utf-8")))
    assert named == set(re.findall(r"^    (\w+) +\w", help_text, re.MULTILINE))


def test_every_thing_in_the_glossary_is_in_the_code() -> None:
    known = {model.__name__ for model in apps.get_models()} | {"Role", "Phase", "RawState"}
    named = re.findall(r"`(?:[a-z]+\.)?([A-Z][A-Za-z]+)(?:\.[A-Z]+)?`", (ROOT / "docs" / "glossary.md").read_text("utf-8"))
    assert len(named) > 20
    assert set(named) - known == set()


def test_every_room_is_in_the_architecture() -> None:
    table = re.findall(r"^\| `(\w+)` \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE)
    assert set(table) >= {folder.parent.name for folder in HOUSE.glob("*/__init__.py")}


def test_the_readmes_inquiry_is_taken_by_the_door(cast: Cast) -> None:
    body = re.search(r"-d '(\{.*?\})'\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert body
    token = issue_token(name="site", by=system("test"), now=utc_now())
    answer = Client().post(
        "/api/v1/inquiries", json.loads(body[1]), content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    said = answer.json()
    assert answer.status_code == 201
    assert said["state"] == "open"
    assert said["owner"] or said["queue"]
    assert said["next_action"]["title"]
    assert said["respond_by"]
