"""What people can cause and must be told about: errors with a name and a sentence."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A request that cannot be granted.

    `code` is stable and meant for programs, `sentence` is for people and already in their language,
    `field` is the dotted path of the value at fault, `missing` names what has to be given first.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, sentence: str, *, field: str | None = None, missing: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.missing = missing


class Refused(DomainError):
    """The request is understood, but the state of the matter forbids it."""

    status = 409


class Invalid(DomainError):
    """A value is wrong or something required is missing."""

    status = 422


class NotFound(DomainError):
    """Nothing like that, or nothing of that kind within reach: the two are not told apart."""

    status = 404
