"""What two environments say for themselves, so that drift of the one is no matter of the other. No I/O here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconcile.diff import canonical
from reconcile.model import ABSENT, Origin, Value
from reconcile.promote.drift import said
from reconcile.promote.literals import Literals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Declared, Json, Section, Tagged
    from reconcile.promote.drift import Leaf

_VARIABLE = re.compile(r"\$\{var\.([^{}]*)\}")
_NO_LITERALS = Literals()


@dataclass(frozen=True, slots=True)
class Terms:
    """What the project says about a promotion from `a` to `b`.

    `here` and `overlays` are the files that say what is different in `a` and in `b`, `variables` the values of `a`,
    `keep` what may hold a text of `a` all the same.
    """

    a: str
    b: str
    literals: Literals = _NO_LITERALS
    here: frozenset[str] = frozenset()
    overlays: frozenset[str] = frozenset()
    variables: Mapping[str, Json] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    @property
    def source(self) -> Origin:
        """The place of what was brought along."""
        return Origin(f"{self.a} (live)")


def reason(leaf: Leaf, key: str, section: Section | None, terms: Terms) -> str:
    """Why a value is not brought along; nothing where it is. `section` is what `b` wants of its kind."""
    there = replace(leaf, path=terms.literals.path(leaf.path))
    return _of_a(leaf, terms) or _of_b(there, key, section, terms)


def _of_a(leaf: Leaf, terms: Terms) -> str:
    if leaf.ahead:
        return f"the files have moved on since they were last applied to {terms.a}"
    mine = next((one for one in leaf.places if one.file in terms.here), None)
    return f"an overlay of {terms.a} says what it is there ({mine})" if mine else ""


def _of_b(leaf: Leaf, key: str, section: Section | None, terms: Terms) -> str:
    if section is None:
        return f"the files do not manage {leaf.kind.section} in {terms.b}"
    if key in section.unset:
        return f"an overlay of {terms.b} leaves it alone ({section.unset[key]})"
    declared = section.objects.get(key)
    if declared is None:
        return "" if leaf.new else f"the files do not declare it in {terms.b}"
    if leaf.new:
        return f"{terms.b} declares it itself ({declared.origin})"
    return _overlaid(leaf, declared, terms) or _varied(leaf, declared, terms)


def _overlaid(leaf: Leaf, declared: Declared, terms: Terms) -> str:
    places = (declared.place(leaf.path), *declared.within(leaf.path))
    if mine := next((one for one in places if one.file in terms.overlays), None):
        return (
            f"an overlay of {terms.b} says {'what it is' if mine == places[0] else 'a part of it'} ({mine})"
        )
    if leaf.path and declared.default:
        return f"{terms.b} has the service's own ({places[0]})"
    if leaf.path and leaf.path[0] not in declared.fields:
        return f"{terms.b} leaves this field alone"
    return _only_one(leaf, declared, terms)


def _only_one(leaf: Leaf, declared: Declared, terms: Terms) -> str:
    """Of a member of a map, what is wrong with it where the files have it in one of the two alone."""
    lacking = said(declared, leaf.path) == ABSENT
    if not leaf.path or lacking == leaf.added:
        return ""
    place = declared.place(leaf.path)
    return (
        f"the files leave it out in {terms.b} ({place})"
        if lacking
        else f"{terms.b} declares it itself ({place})"
    )


def _varied(leaf: Leaf, declared: Declared, terms: Terms) -> str:
    """A variable decides, unless it stands inside of a text that `a` has changed around it."""
    for path, written in declared.filled.items():
        length = min(len(path), len(leaf.path))
        if leaf.path and path and path[:length] == leaf.path[:length]:
            alone = bool(_VARIABLE.fullmatch(written))
            lost = [
                name for name in _VARIABLE.findall(written) if alone or not _holds(leaf.value, terms, name)
            ]
            if lost:
                return f"variable {lost[0]} says what it is ({declared.place(path)})"
    return ""


def _holds(value: Tagged, terms: Terms, name: str) -> bool:
    """Whether a live value of `a` still holds what this variable is there."""
    text = canonical(terms.variables.get(name)).strip('"')
    return isinstance(value, Value) and text in canonical(value.value)
