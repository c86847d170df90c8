"""The reference says what the program is: commands, API, rights, environment."""

import pytest

from tests.reference import NOTE, PAGES_OF_REFERENCE, PLACE, SET_BY_THE_LAUNCHER, VARIABLES, variables_in_the_sources


@pytest.mark.parametrize("name", PAGES_OF_REFERENCE)
def test_a_page_of_the_reference_is_what_the_program_says(name: str) -> None:
    assert (PLACE / name).read_text("utf-8") == NOTE + PAGES_OF_REFERENCE[name](), "python -m tests.reference writes it anew"


def test_every_variable_the_sources_read_is_described() -> None:
    assert variables_in_the_sources() == set(VARIABLES) | SET_BY_THE_LAUNCHER
