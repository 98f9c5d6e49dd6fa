"""What is drift in one environment, brought into what the files want of another. No I/O here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconcile.diff import canonical
from reconcile.model import ABSENT, Declared, Desired, Finding, Origin, Severity, Value
from reconcile.promote.literals import Literals
from reconcile.wishes import declarable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Json, Kind, Path, Section, Tagged
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


def merge(desired: Desired, leaves: Iterable[Leaf], terms: Terms) -> tuple[Desired, tuple[Finding, ...]]:
    """The wishes of `b` with the drift of `a`, and what became of each value."""
    sections = {name: dict(section.objects) for name, section in desired.sections.items()}
    findings = []
    for leaf in leaves:
        key = key_of(leaf, terms)
        section = desired.sections.get(leaf.kind.name)
        reason = _own_say(leaf, key, section, terms)
        if not reason:
            _bring(leaf, key, sections[leaf.kind.name], terms)
        findings.append(_told(leaf, leaf.kind.address(key), reason, terms))
    merged = {name: replace(section, objects=sections[name]) for name, section in desired.sections.items()}
    return Desired(merged), tuple(findings)


def key_of(leaf: Leaf, terms: Terms) -> str:
    """The key that the object of a leaf has in `b`."""
    return leaf.key if leaf.kind.fixed else leaf.kind.normalise(terms.literals.mapped(leaf.key))


def _told(leaf: Leaf, address: str, reason: str, terms: Terms) -> Finding:
    if reason:
        message = f"{leaf.name}what is live in {terms.a} is not brought along, because {reason}"
        return Finding(Severity.WARNING, "kept", message, address, leaf.origin)
    return Finding(Severity.INFO, "brought", f"{leaf.name}brought along from {terms.a}", address, leaf.origin)


# --- what b says itself ---


def _own_say(leaf: Leaf, key: str, section: Section | None, terms: Terms) -> str:
    """Why a value is a matter of `b` alone; nothing where it is not."""
    if leaf.origin and leaf.origin.file in terms.here:
        return f"an overlay of {terms.a} says what it is there ({leaf.origin})"
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
    place = declared.place(leaf.path)
    if place.file in terms.overlays:
        return f"an overlay of {terms.b} says what it is ({place})"
    if leaf.path and declared.default:
        return f"{terms.b} has the service's own ({place})"
    if leaf.path and leaf.path[0] not in declared.fields:
        return f"{terms.b} leaves this field alone"
    return ""


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


# --- what is brought along ---


def _bring(leaf: Leaf, key: str, objects: dict[str, Declared], terms: Terms) -> None:
    if leaf.path:
        objects[key] = _with(objects[key], leaf, terms)
    elif leaf.whole:
        objects[key] = terms.literals.declared(leaf.whole, key, terms.source)
    else:
        del objects[key]


def _with(declared: Declared, leaf: Leaf, terms: Terms) -> Declared:
    """The object with one value as it is live; what cannot be wished for is not wished for any more."""
    path = terms.literals.path(leaf.path)
    value = Value(terms.literals.json(leaf.value.value)) if isinstance(leaf.value, Value) else ABSENT
    name = str(path[0])
    fields = dict(declared.fields)
    if len(path) > 1:
        inner = fields[name]
        fields[name] = Value(_placed(inner.value if isinstance(inner, Value) else None, path[1:], value))
    elif isinstance(value, Value) and declarable(leaf.kind, name, value.value):
        fields[name] = value
    else:
        del fields[name]
    return replace(declared, fields=fields, lines={**declared.lines, path: terms.source})


def _placed(whole: Json, path: Path, value: Tagged) -> Json:
    """A map with one member, however deep, as it is to be; absent: without it."""
    name = str(path[0])
    inner = dict(whole) if isinstance(whole, dict) else {}
    if len(path) > 1:
        inner[name] = _placed(inner.get(name), path[1:], value)
    elif isinstance(value, Value):
        inner[name] = value.value
    else:
        inner.pop(name, None)
    return inner


# --- what belongs to one instance ---


def without_owned(
    kinds: Mapping[str, Kind], desired: Desired, terms: Terms
) -> tuple[Desired, tuple[Finding, ...]]:
    """The wishes without what means nothing to another instance, unless an overlay or a variable of `b` says it."""
    sections, findings = dict(desired.sections), []
    for name, section in desired.sections.items():
        owned = frozenset(item.name for item in kinds[name].fields.values() if item.instance_owned)
        dropped = {key: _foreign(one, owned, terms) for key, one in section.objects.items()} if owned else {}
        if any(dropped.values()):
            objects = {key: _stripped(one, dropped[key]) for key, one in section.objects.items()}
            sections[name] = replace(section, objects=objects)
            fields = ", ".join(sorted({field for names in dropped.values() for field in names}))
            message = (
                f"{fields}: belongs to one instance, so it is left alone; an overlay of {terms.b} may set it"
            )
            findings.append(Finding(Severity.INFO, "instance-owned", message, name, section.origin))
    return Desired(sections), tuple(findings)


def _foreign(one: Declared, owned: frozenset[str], terms: Terms) -> frozenset[str]:
    """The fields of an object that belong to an instance, and that `b` does not set for itself."""
    return frozenset(
        name
        for name in owned.intersection(one.fields)
        if one.place((name,)).file not in terms.overlays and (name,) not in one.filled
    )


def _stripped(one: Declared, names: frozenset[str]) -> Declared:
    return replace(one, fields={name: value for name, value in one.fields.items() if name not in names})
