"""What is drift in one environment, brought into what the files want of another. No I/O here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.model import ABSENT, Declared, Desired, Finding, Severity, Value
from reconcile.promote.drift import conflict
from reconcile.promote.own import Terms, reason
from reconcile.wishes import declarable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Json, Kind, Path, Tagged
    from reconcile.promote.drift import Leaf


def merge(desired: Desired, leaves: Iterable[Leaf], terms: Terms) -> tuple[Desired, tuple[Finding, ...]]:
    """The wishes of `b` with the drift of `a`, and what became of each value."""
    objects = {name: dict(section.objects) for name, section in desired.sections.items()}
    merged = {name: replace(one, objects=objects[name]) for name, one in desired.sections.items()}
    findings = []
    for leaf in leaves:
        key = key_of(leaf, terms)
        why = reason(leaf, key, merged.get(leaf.kind.name), terms)
        if not why and not leaf.torn:
            _bring(leaf, key, objects[leaf.kind.name], terms)
        findings.append(_told(leaf, leaf.kind.address(key), why, terms))
    return Desired(merged), tuple(findings)


def key_of(leaf: Leaf, terms: Terms) -> str:
    """The key that the object of a leaf has in `b`."""
    return leaf.key if leaf.kind.fixed else leaf.kind.normalise(terms.literals.mapped(leaf.key))


def _told(leaf: Leaf, address: str, why: str, terms: Terms) -> Finding:
    if why:
        message = f"{leaf.name}what is live in {terms.a} is not brought along, because {why}"
        return Finding(Severity.WARNING, "kept", message, address, leaf.origin)
    if leaf.torn:
        return Finding(Severity.REFUSAL, "drift", conflict(leaf, terms.a), address, leaf.origin)
    return Finding(Severity.INFO, "brought", f"{leaf.name}brought along from {terms.a}", address, leaf.origin)


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
