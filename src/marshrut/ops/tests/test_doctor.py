"""The doctor finds what somebody with the owner's access to the database could break."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from marshrut.ops import doctor, postgres

pytestmark = pytest.mark.own_database

MUTE = "alter table {0} disable trigger user; {1}; alter table {0} enable trigger user"
DAMAGES = {
    "inquiry_planned": MUTE.format("journal_task", "delete from journal_task where dossier_id = (select min(dossier_id) "
                                   "from intake_inquiry where state = 'open')"),
    "deal_planned": MUTE.format("journal_task", "update journal_task set state = 'done', done_at = now(), done_by = 'x' "
                                "where dossier_id = (select min(dossier_id) from deals_deal where state = 'open')"),
    "matter_owned": "alter table journal_dossier drop constraint journal_dossier_owned; "
                    "update journal_dossier set queue_id = (select min(id) from agency_queue) where is_open",
    "action_assigned": "alter table journal_task drop constraint journal_task_somebodys; update journal_task set assignee_id = null",
    "closed_has_no_plan": MUTE.format("journal_task", "update journal_task set state = 'pending', done_at = null, done_by = null "
                                      "where dossier_id = (select min(id) from journal_dossier where not is_open)"),
    "open_inquiry_on_open_matter": MUTE.format("journal_dossier", "update journal_dossier set is_open = false, phase = 'closed', "
                                               "closed_at = now() where is_open"),
    "open_matter_has_reason": MUTE.format("intake_inquiry", "update intake_inquiry set state = 'closed', disposition = 'spam' where "
                                          "dossier_id = (select min(id) from journal_dossier where is_open and place = 'inquiry')"),
    "deal_where_matter_stands": "update journal_dossier set worth = 1 where is_open and phase = 'deal'",
    "deal_stands_once": "update deals_stageentry set left_at = now() where left_at is null",
    "understood_is_inquiry": "delete from deals_stageentry; delete from deals_deal; delete from intake_inquiry where state = 'closed'",
    "waiting_is_no_inquiry": "update channels_rawmessage set state = 'quarantined', reason = 'x'",
    "quarantine_has_reason": "insert into channels_rawmessage(channel, source_slug, body, body_digest, state, by) "
                             "values ('api', 'site', '', '', 'quarantined', 'x')",
    "external_id_once": "drop index channels_raw_once; update channels_rawmessage set external_id = 'one'",
    "closed_has_outcome": "alter table intake_inquiry drop constraint intake_inquiry_closed_how; "
                          "update intake_inquiry set outcome = null, disposition = '' where state = 'closed'",
    "outcome_of_deal": "update deals_deal set state = 'lost', close_reason = 'x' where state = 'won'",
    "clock_wakes": "update intake_inquiry set clock_state = 'running', warn_at = null where state = 'open'",
    "token_named": "insert into agency_apitoken(name, digest, scopes, reach) values ('', '\\x00', '{}', 'all')",
    "sums_of_matters": "update journal_tally set amount = amount + 1",
    "sums_of_sources": "update intake_sourcetally set won = won + 1",
    "reckoning_true": "update intake_reckoning set answer_minutes = answer_minutes + 1",
    "number_found": "update clients_contactpoint set tail = '1' where kind = 'phone'",
    "guards": "drop trigger journal_task_next_action on journal_task",
    "triggers_enabled": "alter table deals_deal disable trigger deals_deal_next_action",
    "history_kept": "drop trigger clients_person_history_update on clients_person",
    "migrated": "delete from django_migrations where id = (select max(id) from django_migrations where app = 'deals')",
}


@pytest.fixture
def owner(own_database: str, postgres_server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[Any]]:
    """The owner's access to a database of this test's own, in which some matters live."""
    from marshrut.ops.bench.load import load

    address = postgres_server.dsn(postgres.OWNER, own_database)
    monkeypatch.setenv("MARSHRUT_OWNER_DATABASE_URL", address)
    load(80, seed=3)
    with psycopg.connect(address) as connection:
        yield connection


def broken() -> set[str]:
    return {finding.name for finding in doctor.examine() if finding.state == "broken"}


@pytest.mark.parametrize("promise", sorted(DAMAGES))
def test_each_kind_of_damage_is_found(owner: psycopg.Connection[Any], promise: str) -> None:
    owner.execute(DAMAGES[promise])
    owner.commit()
    assert promise in broken()


def test_every_damage_names_a_promise_there_is(owner: psycopg.Connection[Any]) -> None:
    assert set(DAMAGES) <= {finding.name for finding in doctor.examine()}


def test_a_finding_says_how_many_and_which(owner: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]) -> None:
    owner.execute("update clients_contactpoint set tail = '1' where kind = 'phone'")
    owner.commit()
    finding = next(one for one in doctor.examine() if one.name == "number_found")
    assert finding.count == 80
    assert len(finding.samples) == 5
    doctor.print_findings([finding])
    assert "80, such as" in capsys.readouterr().out


def test_owning_the_tables_is_only_warned_of_on_a_database_of_ones_own(
    own_database: str, postgres_server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", postgres.OWNER)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", postgres_server.passwords[postgres.OWNER])
    states = {is_embedded: next(one.state for one in doctor.examine(is_embedded=is_embedded) if one.name == "tables_not_owned")
              for is_embedded in (True, False)}
    connection.close()
    assert states == {True: "broken", False: "warning"}
