"""An import reaches no further than whoever brings it in."""

import pytest
from tests.cast import Cast

from marshrut.core.clock import utc_now
from marshrut.core.errors import NotFound, Refused
from marshrut.intake.tests.lead_files import ROWS, all_at_once, hand_in, table

pytestmark = pytest.mark.django_db


def test_an_import_is_of_its_office_and_a_strangers_is_not_there(cast: Cast) -> None:
    from marshrut.agency.permissions import Actor
    from marshrut.intake.queries.imports import find_import, list_imports
    from marshrut.intake.services.import_runs import create_run, start_run

    foreign = Actor("employee", 999, "Чужая", "supervisor", cast.stranger.office_id, "office", frozenset({"imports:write"}))
    run_id = hand_in(table(ROWS), cast.supervisor)
    assert [card.id for card in list_imports(cast.supervisor)] == [run_id] == [card.id for card in list_imports(cast.owner)]
    assert (list_imports(foreign), find_import(foreign, run_id), list_imports(cast.anna)) == ([], None, [])
    with pytest.raises(NotFound):
        start_run(run_id=run_id, by=foreign, now=utc_now())
    for by, office in ((foreign, cast.supervisor.office_id), (cast.anna, None)):
        with pytest.raises(Refused):
            create_run(pieces=[table(ROWS)], file_name="x", mode="history", office_id=office, by=by, now=utc_now())


def test_a_colleague_beyond_the_importers_reach_gets_nothing_and_the_row_says_so(cast: Cast) -> None:
    from marshrut.intake.models import ImportProblem, Inquiry

    heading = ["ФИО", "Телефон", "Менеджер"]
    rows = [["Иван", "89215550021", cast.anna.name], ["Пётр", "89215550022", cast.stranger.name], ["Олег", "89215550023", "Никто"]]
    run = all_at_once(table(rows, heading), cast.supervisor)
    owners = dict(Inquiry.objects.values_list("person__display_name", "dossier__owner_id"))
    assert owners == {"Иван": cast.anna.id, "Пётр": None, "Олег": None}
    said = ImportProblem.objects.filter(run=run).order_by("number").values_list("number", "column", "code", "value")
    assert list(said) == [(3, "Менеджер", "foreign_manager", cast.stranger.name), (4, "Менеджер", "unknown_manager", "Никто")]


@pytest.mark.parametrize("mode", ["history", "inquiries"])
def test_whoever_answers_for_one_office_adds_nothing_to_a_client_of_another(cast: Cast, mode: str) -> None:
    from marshrut.clients.models import ContactPoint, Person
    from marshrut.intake.models import ImportProblem

    theirs = Person.objects.create(display_name="+380671234567", search_name="380671234567", owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    ContactPoint.objects.create(person=theirs, kind="phone", written="+380671234567", normal="+380671234567", tail="0671234567")
    row = table([["Коваленко Олег", "+380671234567", "oleh@mail.example"]], ["ФИО", "Телефон", "E-mail"])
    run = all_at_once(row, cast.supervisor, mode)
    theirs.refresh_from_db()
    assert theirs.display_name == "+380671234567"
    assert list(theirs.contacts.values_list("normal", flat=True)) == ["+380671234567"]
    assert list(ImportProblem.objects.filter(run=run).values_list("code", "value")) == [("foreign_client", "oleh@mail.example")]
    own = all_at_once(table([["Коваленко Олег", "+380671234567", "oleh2@mail.example"]], ["ФИО", "Телефон", "E-mail"]), cast.owner)
    assert own.made == 1
    assert theirs.contacts.filter(normal="oleh2@mail.example").exists()
