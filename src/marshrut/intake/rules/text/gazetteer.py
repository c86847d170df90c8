"""Places as people write them: countries, resorts, islands and cities in every case, and what the agency's catalogue calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .inflection import adjective_forms, forms_of
from .spelling import folded, read_data

_RUSSIAN = str.maketrans("іїє", "иие")
_TYPOS_FROM = 6  # letters: shorter words are one slip away from too many others


@dataclass(frozen=True, slots=True)
class Place:
    """One name of a place. `country` is the slug and names of what it lies in; for a country, its own."""

    name: str
    country: str
    country_names: tuple[str, ...]
    titles: tuple[str, ...]  # what it is called in full, in Russian and in Ukrainian
    is_country: bool = False
    is_home: bool = False  # people leave from here rather than go here
    needs_capital: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a text, and the form it has there."""

    place: Place
    is_named: bool = True  # nominative or accusative: Москва, в Москву; not из Москвы, в Москве
    is_genitive: bool = True  # из Москвы; not с Москвой
    is_adjective: bool = False


@dataclass(frozen=True, slots=True)
class _Forms:
    """All forms by their first word: the words that must follow, longest first, and what is meant."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], Match], ...]]
    slips: Mapping[str, str]  # forms of countries with one letter left out → the form


class Gazetteer:
    """Finds places in words. `find` answers a slug of the agency's catalogue for a name, or None; `names` are the names
    and spellings of its directions, found in every case too."""

    def __init__(self, find: Callable[[str], str | None] = lambda name: None, names: Mapping[str, str] | None = None) -> None:
        self._find = find
        self._resolved: dict[Place, str | None] = {}
        self._own = _forms_of_own(names or {})

    def starting(self, word: str) -> tuple[tuple[tuple[str, ...], Match], ...]:
        """The places whose name begins with this folded word."""
        own = self._own.get(word)
        known = _delivered().by_first.get(word, ())
        return own + known if own else known

    def meant(self, word: str) -> str | None:
        """The form that an unknown word was meant to be: written with the letters of the other language, or misspelt."""
        if "і" in word or "ї" in word or "є" in word:  # «в турцію»
            other = word.translate(_RUSSIAN)
            if other in _delivered().by_first and len(other) >= _TYPOS_FROM and other not in _ordinary():
                return other
        return self.slipped(word)

    def slipped(self, word: str) -> str | None:
        """The form of a country a misspelt word was meant to be: one letter missing, too many, wrong or swapped."""
        if len(word) < _TYPOS_FROM or word in _ordinary():
            return None
        slips = _delivered().slips
        if word in slips:
            return slips[word]
        for at in range(1, len(word)):
            meant = slips.get(word[:at] + word[at + 1 :])
            if meant is not None and meant[0] == word[0]:
                return meant
        return None

    def resolve(self, place: Place, *, ukrainian: bool = False) -> str:
        """What the request calls it: the catalogue's slug of the place itself, else of its country, else the country's name."""
        if place not in self._resolved:
            keys = (place.name, *place.titles, place.country, *place.country_names)
            self._resolved[place] = next(filter(None, map(self._find, keys)), None)
        return self._resolved[place] or place.country_names[-1 if ukrainian else 0]

    def place_of(self, name: str) -> Place | None:
        """The place that goes by this name as a whole, as a person types it into a field: «Кемер», «в Турцию» is none."""
        first, *rest = folded(name.replace("-", " ")).split(" ") if name.strip() else [""]
        return next((match.place for tail, match in self.starting(first) if tail == tuple(rest) and not match.is_adjective), None)

    def slug_of(self, name: str) -> str | None:
        """The catalogue's own direction of this name."""
        return self._find(name)

    def called(self, place: Place, *, ukrainian: bool = False) -> str:
        """What the place itself is called, and not what it lies in: «не Анталья» refuses no country."""
        if place.is_country:
            return self.resolve(place, ukrainian=ukrainian)
        own = next(filter(None, map(self._find, (place.name, *place.titles))), None)
        around = next(filter(None, map(self._find, (place.country, *place.country_names))), None)
        return own if own and own != around else place.titles[-1 if ukrainian else 0]


def _forms_of_own(names: Mapping[str, str]) -> dict[str, tuple[tuple[tuple[str, ...], Match], ...]]:
    """Forms of the agency's own directions; what is delivered already is left to the delivered ones."""
    made: dict[str, list[tuple[tuple[str, ...], Match]]] = {}
    for written, slug in names.items():
        name = folded(written.replace("-", " "))
        if len(name) < 3 or name.isdigit() or _is_delivered(name):
            continue
        place = Place(written, slug, (written,), (written,), is_country=True)
        for ukrainian in (False, True):
            _add(made, name, ukrainian, place)
    return {first: tuple(sorted(some, key=lambda one: -len(one[0]))) for first, some in made.items()}


def _is_delivered(name: str) -> bool:
    first, *rest = name.split(" ")
    return any(tail == tuple(rest) for tail, _match in _delivered().by_first.get(first, ()))


@cache
def _delivered() -> _Forms:
    made: dict[str, list[tuple[tuple[str, ...], Match]]] = {}
    slips: dict[str, str] = {}
    data: Mapping[str, Any] = read_data("places.json")
    for slug, country in data.items():
        names = (country["ru"][0], country["uk"][0])
        for language in ("ru", "uk"):
            for name in country[language]:
                forms = _add(
                    made, folded(name.replace("-", " ")), language == "uk", Place(name, slug, names, names, is_country=True)
                )
                _add_slips(slips, forms)
        _add_other_words(made, slug, country, names)
        for place in country.get("places", ()):
            _add_place(made, slug, names, place)
    kept = {slip: form for slip, form in slips.items() if slip == form or slip not in made}
    return _Forms({first: tuple(sorted(some, key=lambda one: -len(one[0]))) for first, some in made.items()}, kept)


def _add_other_words(made: dict[str, Any], slug: str, country: Mapping[str, Any], names: tuple[str, ...]) -> None:
    itself = Place(names[0], slug, names, names, is_country=True)
    for written in country.get("also", ()):
        _put(made, folded(written.replace("-", " ")), Match(itself))
    for stem in country.get("adjectives", ()):
        for form in adjective_forms(folded(stem)):
            _put(made, form, Match(itself, is_adjective=True))


def _add_place(made: dict[str, Any], slug: str, names: tuple[str, ...], place: Mapping[str, Any]) -> None:
    for language in ("ru", "uk"):
        for name in place[language]:
            titles = (place["ru"][0], place["uk"][0])
            one = Place(name, slug, names, titles, is_home=place.get("home", False), needs_capital=place.get("capital", False))
            _add(made, folded(name.replace("-", " ")), language == "uk", one)


def _add(made: dict[str, Any], name: str, ukrainian: bool, place: Place) -> Iterable[str]:
    forms = forms_of(name, ukrainian=ukrainian)
    for form, (is_named, is_genitive) in forms.items():
        _put(made, form, Match(place, is_named, is_genitive))
    return forms


def _put(made: dict[str, Any], form: str, match: Match) -> None:
    first, *rest = form.split(" ")
    shelf = made.setdefault(first, [])
    if not any(tail == tuple(rest) for tail, _known in shelf):
        shelf.append((tuple(rest), match))


def _add_slips(slips: dict[str, str], forms: Iterable[str]) -> None:
    for form in forms:
        if " " not in form and len(form) >= _TYPOS_FROM:
            slips.setdefault(form, form)
            for at in range(1, len(form)):
                slips.setdefault(form[:at] + form[at + 1 :], form)


@cache
def _ordinary() -> frozenset[str]:
    """Words of either language that are one slip away from a country and mean something else."""
    return frozenset(read_data("not_places.json"))
