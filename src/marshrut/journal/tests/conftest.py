"""The journal's tests are told in inquiries, as the desk's are."""

from marshrut.desk.tests.conftest import anna, ask, hers, look, stranger

__all__ = ["anna", "ask", "hers", "look", "stranger"]
