"""What stands for the same thing in two environments: hosts, addresses, names. No I/O here.

A text that variables or `promote.map` give to one environment is looked for in what is promoted, and the other's takes
its place. Only texts that cannot be there by chance are looked for; see `specific`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from reconcile.model import Declared, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Counterpart, Json, Origin, Path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@\s]*@)?([^/?#\s]+)")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?")
_NAME = re.compile(r"(?://)?(\[[^]\s]+]|[^/?#@:\s[]+)(?::[0-9]+)?(?:[/?#]\S*)?")
_MARKS = frozenset(".:/@")
_LONG = 16
_SHORT = 6
_LAYERS = 3  # of encodings that are taken off before a text is believed to hold nothing


@dataclass(frozen=True, slots=True)
class Literal:
    """A text of one environment, that of the other (none: nobody has said, or not the same), and who says so.

    `variable` is the name of the one that holds nothing but this text.
    """

    text: str
    other: str
    source: str
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Literals:
    """What is looked for on the way from one environment to another; `own` are texts that the other has itself.

    `carriers` are texts of rows for the other environment that hold one of the first.
    """

    known: tuple[Literal, ...] = ()
    own: tuple[str, ...] = ()
    carriers: tuple[Literal, ...] = ()

    def mapped(self, text: str) -> str:
        """The text as it has to be in the other environment; what was put in is not looked at again."""
        others = {one.text.lower(): one.other for one in self.known if one.other}
        if not others:
            return text
        looked_for = _any((*(one.text for one in self.known), *self.own))
        return looked_for.sub(lambda found: others.get(found[0].lower(), found[0]), text)

    def json(self, value: Json) -> Json:
        """The same for all texts of a value, names of members included."""
        if isinstance(value, str):
            return self.mapped(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {self.mapped(name): self.json(item) for name, item in value.items()}
        return value

    def spelled(self, value: Json, word: str) -> Json:
        """A value of the first environment with `${word.NAME}` wherever a variable says a part of it; names stay."""
        if isinstance(value, list):
            return [self.spelled(item, word) for item in value]
        if isinstance(value, dict):
            return {name: self.spelled(item, word) for name, item in value.items()}
        named = (replace(one, other=f"${{{word}.{one.variable}}}") for one in self.known if one.variable)
        return replace(self, known=tuple(named)).mapped(value) if isinstance(value, str) else value

    def path(self, path: Path) -> Path:
        """The same for a path inside of an object; the field itself keeps its name."""
        return (*path[:1], *(self.mapped(part) if isinstance(part, str) else part for part in path[1:]))

    def declared(self, one: Declared, key: str, origin: Origin) -> Declared:
        """A live object as the other environment has to want it."""
        fields = {
            name: Value(self.json(item.value)) for name, item in one.fields.items() if isinstance(item, Value)
        }
        return Declared(key, origin, fields, default=one.default)

    def left(self, text: str) -> Literal | None:
        """What of the first environment stands in a text of the other, if anything does.

        What stands there first counts, and of several the longest: `staging.acme.example` is of the environment that has
        it, also where the other has `acme.example`. What is encoded, as in `?next=https%3A%2F%2F...`, is read as well.
        """
        if not self.known:
            return None
        return next((found for form in _forms(text) if (found := self._left(form))), None)

    def carrier(self, text: str) -> str:
        """The row that puts a text of the first environment into this one; nothing where none does."""
        return next((one.source for one in self.carriers if _any((one.text,)).search(text)), "")

    def _left(self, text: str) -> Literal | None:
        known = {one.text.lower(): one for one in self.known}
        looked_for = _any((*(one.text for one in self.known), *self.own))
        found = (one[0].lower() for one in looked_for.finditer(text))
        own = {one.lower() for one in self.own}
        return next((known[one] for one in found if one not in own), None)


def literals(
    names: tuple[str, str],
    variables: tuple[Mapping[str, Json], Mapping[str, Json]],
    rows: Iterable[Counterpart],
) -> Literals:
    """What two environments call by different names; `promote.map` is believed before variables are."""
    rows = tuple(rows)
    known = {**_agreed(_from_variables(*variables)), **_agreed(_from_rows(names, rows))}
    longest = sorted((one for one in known.values() if _tells(one)), key=lambda one: -len(one.text))
    said = tuple(_from_rows(names[::-1], rows))
    carriers = tuple(one for one in said if _holds_another(one.text, longest))
    own = {
        *(one.text for one in said if one not in carriers),
        *(one.text for one in _from_variables(*variables[::-1])),
    }
    return Literals(tuple(longest), tuple(sorted(own, key=lambda text: (-len(text), text))), carriers)


def _holds_another(text: str, known: Iterable[Literal]) -> bool:
    """Whether what a row says for the second environment holds a text of the first, and not its own for that."""
    firsts = ((one, _any((one.text, one.other)).search(text)) for one in known if one.other)
    return any(found is not None and found[0].lower() == one.text.lower() for one, found in firsts)


def _agreed(pairs: Iterable[Literal]) -> dict[str, Literal]:
    """One for each text. Where several say different things, nobody can tell which is meant, so none is believed."""
    found: dict[str, list[Literal]] = {}
    for one in pairs:
        found.setdefault(one.text.lower(), []).append(one)
    return {text: _one(some) for text, some in found.items()}


def _one(found: list[Literal]) -> Literal:
    first, *more = [one for one in found if one.other] or found
    different = next((one for one in more if one.other.lower() != first.other.lower()), None)
    if different is None:
        return first
    source = f"{first.source} and {different.source}, which are not the same there"
    return Literal(first.text, "", source)


def _tells(one: Literal) -> bool:
    """Whether a text is a sign of the first environment: it is none where the other has it too, be it with a port."""
    return one.text.lower() not in {one.other.lower(), bare(one.other).lower()}


def _from_rows(names: tuple[str, str], rows: Iterable[Counterpart]) -> Iterator[Literal]:
    for row in rows:
        if names[0] in row.texts:
            yield Literal(row.texts[names[0]], row.texts.get(names[1], ""), f"promote.map at {row.origin}")


def _from_variables(mine: Mapping[str, Json], theirs: Mapping[str, Json]) -> Iterator[Literal]:
    for name, value in mine.items():
        others = dict(_texts(theirs.get(name)))
        for path, text in _texts(value):
            other, source = others.get(path, ""), f"the host of variable {name}"
            found = (
                Literal(bare(text), bare(other), source),
                Literal(host(text), host(other), source),
                Literal(text, other, f"variable {name}", "" if path else name),
            )
            yield from {one.text.lower(): one for one in found if specific(one.text)}.values()


def _texts(value: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts of a variable, with where they stand in it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for part, inner in parts:
            yield from _texts(inner, (*path, part))


def host(text: str) -> str:
    """The host of a URL, with its port; nothing for anything else."""
    found = _URL.match(text)
    return found[1] if found else ""


def bare(text: str) -> str:
    """The host of a URL, also of one without a scheme, without its port; nothing for anything else."""
    found = _NAME.fullmatch(host(text) or text)
    name = found[1].rstrip(".") if found else ""
    return "" if _MARKS.isdisjoint(name) else name


def specific(text: str) -> bool:
    """Whether a text is found somewhere only because somebody meant it.

    That is one of sixteen characters or more; or one of six or more with a letter and a `.`, `:`, `/` or `@` in it; or
    an IP address, with or without a port. `true`, `eu`, `staging` and `3000` are not: they stand in texts for other reasons.
    """
    if len(text) >= _LONG or _ADDRESS.fullmatch(text):
        return True
    return len(text) >= _SHORT and not _MARKS.isdisjoint(text) and any(one.isalpha() for one in text)


@cache
def _any(texts: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of these texts where it stands by itself; the longest comes first.

    Of letters, those of ASCII alone have a case: `lower` has to find again what was matched.
    """
    ordered = sorted(texts, key=lambda text: -len(text))
    return re.compile("|".join(map(_whole, ordered)), re.IGNORECASE | re.ASCII)


def _whole(text: str) -> str:
    """Not inside of a longer name: neither `notdev.example` nor `dev.example.org` holds `dev.example`."""
    before = r"(?<![\w-])" if text[0].isalnum() else ""
    after = r"(?![\w-]|\.\w)" if text[-1].isalnum() else ""
    return f"{before}{re.escape(text)}{after}"


def _forms(text: str) -> Iterator[str]:
    """A text, and what it says once the encodings of URLs and of HTML are taken off, layer by layer."""
    for _ in range(_LAYERS + 1):
        yield text
        plain = unescape(unquote(text))
        if plain == text:
            return
        text = plain
