"""Homes: where data live, whose they are, and what is refused with a sentence."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from marshrut.ops import homes

from .machine import STRANGER, a_home, a_place, as_stranger, look_of


def test_a_named_home_is_taken_and_the_checkouts_own_otherwise() -> None:
    assert homes.chosen_home({"MARSHRUT_HOME": "/somewhere/else"}) == Path("/somewhere/else")
    checkout = homes.checkout()
    assert checkout is not None
    assert homes.chosen_home({}) in (checkout / ".marshrut", homes.ROOTS_HOME)


@pytest.mark.parametrize("written", ["0", "65536", "-1", "http", "8790.0", "٣"])
def test_a_port_that_is_none_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(homes.HomeError, match="MARSHRUT_PORT must be a number"):
        homes.chosen_port({"MARSHRUT_PORT": written})


def test_the_port_is_named_or_the_usual_one() -> None:
    assert homes.chosen_port({}) == 8790
    assert homes.chosen_port({"MARSHRUT_PORT": "9000"}) == 9000


def test_preparing_a_home_changes_nothing_outside_it() -> None:
    with a_place() as home:
        before = look_of(home.parent)
        homes.prepare(home)
        homes.prepare(home)
        assert look_of(home.parent) == before
        assert sorted(path.name for path in home.parent.iterdir()) == [home.name]


def test_an_empty_folder_of_ours_becomes_a_home_whatever_its_mode_was() -> None:
    with a_place() as home:
        home.mkdir(mode=0o777)
        homes.prepare(home)
        assert home.stat().st_mode & 0o007 == 0


def test_a_folder_with_other_files_is_refused_and_left_alone() -> None:
    with a_place() as home:
        home.mkdir()
        (home / "letter.txt").write_text("dear")
        before = look_of(home)
        with pytest.raises(homes.HomeError, match="holds other files"):
            homes.prepare(home)
        assert look_of(home) == before
        assert [path.name for path in home.iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_a_home_is_refused_with_a_sentence() -> None:
    with a_place() as home:
        home.write_text("not a folder")
        with pytest.raises(homes.HomeError, match="cannot be created"):
            homes.prepare(home)


def test_started_as_root_a_strangers_folder_and_an_unreachable_one_are_refused() -> None:
    if os.geteuid() != 0:  # then nobody else's folder can be made, and the database runs as ourselves
        return
    with a_place() as home:
        home.mkdir()
        os.chown(home, STRANGER, STRANGER)
        with pytest.raises(homes.HomeError, match="belongs to another account"):
            homes.prepare(home)
    with a_place() as closed:
        closed.mkdir(mode=0o700)
        with pytest.raises(homes.HomeError, match="cannot be reached by the account marshrut"):
            homes.prepare(closed / "home")
        assert list(closed.iterdir()) == []


def test_a_secret_is_made_once_even_by_many_at_once_and_closed_to_everybody_else() -> None:
    with a_home() as home:
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(homes.secret(home, "key"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1
        assert len(found[0]) >= 40
        path = home / "secrets" / "key"
        assert [file.name for file in path.parent.iterdir()] == ["key"]
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        if os.geteuid() == 0:
            assert as_stranger("cat", str(path)).returncode != 0


def test_a_home_is_held_by_one_at_a_time_and_says_by_whom() -> None:
    with a_home() as home:
        with homes.held(home, "http://first") as first, homes.held(home, "second") as second:
            assert (first, second) == (True, False)
            assert homes.holder(home) == "http://first"
        assert homes.holder(home) == ""
        with homes.held(home, "third") as third:
            assert third
