"""The folders mail lies in: what is still written, what cannot be kept or moved, links, and two processes at once."""

import os
from pathlib import Path

import pytest
from tests.cast import Cast

from marshrut.channels.models import Letter, MailDoor, RawMessage
from marshrut.intake.models import Inquiry
from marshrut.intake.services import mail_doors
from marshrut.intake.tests.mail_door import door as door
from marshrut.intake.tests.mail_door import letter, look, put


def test_letters_that_cannot_be_stored_as_they_say_are_kept_and_close_no_door(door: MailDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_doors, "MOST_AT_ONCE", 3)
    halves = b"Subject: =?utf-7?q?+2AA-?= \r\nFrom: =?utf-7?q?+2AA-?=x@evil.example\r\nMessage-ID: <%d@x>\r\n\r\nhello +2AA-\r\n"
    for n in range(3):
        put(door, halves % n, str(n))
    put(door, letter(), "9")
    told = look(), look()
    assert sum(sum(kinds.values()) for kinds in told) == 4
    assert RawMessage.objects.filter(channel="email").count() == 4
    assert told[1] == {"inquiry": 1}


def test_a_letter_that_cannot_be_moved_away_is_tried_later_and_takes_nobodys_place(door: MailDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_doors, "MOST_AT_ONCE", 2)
    current = Path(door.path) / "cur"
    current.rmdir()
    current.write_text("a file where a folder should be")
    for n in range(2):
        put(door, letter(id=f"<{n}@x>", sender=f"a{n}@example.com"), str(n))
    look()
    put(door, letter(id="<9@x>", sender="last@example.com"), "9")
    assert look() == {"inquiry": 1}
    assert "3" in MailDoor.objects.get().problem
    current.unlink()
    assert look(200) == {"known": 2}
    assert look(300) == {"known": 1}
    assert (MailDoor.objects.get().problem, list((Path(door.path) / "new").iterdir())) == ("", [])


def test_a_dropped_file_that_is_still_written_is_left_and_a_whole_one_moved_to_done(door: MailDoor, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    MailDoor.objects.filter(pk=door.pk).update(kind="drop", path=str(folder))
    (folder / "a.eml").write_bytes(letter().as_bytes())
    (folder / "notes.txt").write_bytes(b"no letter")
    assert look(minutes=0) == {}
    assert look() == {"inquiry": 1}
    assert sorted(f.name for f in folder.iterdir()) == ["done", "notes.txt"]
    assert (folder / "done" / "a.eml").exists()
    (folder / "a.eml").write_bytes(letter("Второе", id="<2@x>").as_bytes())
    look()
    assert (folder / "done" / "a.1.eml").exists()


def test_links_and_pipes_are_left_alone(door: MailDoor, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(letter().as_bytes())
    (Path(door.path) / "new" / "link").symlink_to(secret)
    os.mkfifo(Path(door.path) / "new" / "pipe")
    assert look() == {}


def test_a_door_that_cannot_be_read_says_so_and_hinders_no_other(door: MailDoor, tmp_path: Path) -> None:
    outside = MailDoor.objects.create(name="Чужая", kind="maildir", path="/etc", source_slug="email")
    escaped = tmp_path / "escape"
    escaped.symlink_to("/etc")
    linked = MailDoor.objects.create(name="Ссылка", kind="drop", path=str(escaped), source_slug="email")
    put(door, letter())
    assert look() == {"inquiry": 1}
    for one in (outside, linked):
        one.refresh_from_db()
        assert "MARSHRUT_MAIL_ROOTS" in one.problem
        assert one.problem_since
        assert one.checked_at
    door.refresh_from_db()
    assert door.problem == ""
    assert door.checked_at
    MailDoor.objects.filter(pk=outside.pk).update(path=door.path + "/../box2")
    (tmp_path / "box2" / "new").mkdir(parents=True)
    MailDoor.objects.filter(pk=outside.pk).update(path=str(tmp_path / "box2"))
    look()
    outside.refresh_from_db()
    assert outside.problem == ""
    assert outside.problem_since is None


@pytest.mark.own_database
def test_two_processes_at_one_folder_keep_each_letter_once(own_database: str, cast: Cast, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.together import at_once

    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    (tmp_path / "box" / "new").mkdir(parents=True)
    door = MailDoor.objects.create(name="Почта", kind="maildir", path=str(tmp_path / "box"), source_slug="email")
    for number in range(12):
        put(door, letter(id=f"<{number}@x>", sender=f"client{number}@example.com"), str(number))
    at_once([look, look, look])
    look()
    assert Letter.objects.count() == Inquiry.objects.count() == 12
