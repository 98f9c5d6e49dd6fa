"""Each declared object against its schema and its kind's own rules; each switch declared only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.model import Finding, Review, Secret, Severity, Value
from reconcile.model.versions import NEWEST
from reconcile.validate.explain import problems
from reconcile.validate.quick import surely_valid
from reconcile.validate.version import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Declared, Desired, Kind, Path

Schema = dict[str, Any]


def validate(
    kinds: Mapping[str, Kind], schemas: Mapping[str, Schema], desired: Desired, api_version: str = NEWEST
) -> tuple[Finding, ...]:
    """All findings, in the order of the files; also what that version of the API does not have."""
    found = [
        finding
        for name, section in desired.sections.items()
        for declared in section.objects.values()
        for finding in _object(kinds[name], schemas[name], declared)
    ]
    found.extend(_twins(kinds, desired))
    found.extend(_renames(kinds, desired))
    found.extend(lacking(kinds, desired, api_version))
    return tuple(
        sorted(
            found,
            key=lambda item: (item.origin is not None and (item.origin.file, item.origin.line), str(item)),
        )
    )


def _object(kind: Kind, schema: Schema, declared: Declared) -> Iterator[Finding]:
    if declared.fields:
        plain = {name: _plain(value) for name, value in declared.fields.items()}
        if not surely_valid(schema, plain):
            for path, message in problems(schema, plain, without={kind.key}):
                yield _finding(kind, declared, message, path)
        yield from _secrets(kind, declared)
    for remark in kind.check(Review(declared.key, declared.fields, {})):
        yield _finding(kind, declared, remark.message, remark.path, remark.severity, remark.rule)


def _plain(value: object) -> Any:
    """What a schema can judge: a secret counts as some text."""
    return value.value if isinstance(value, Value) else "secret"


def _finding(
    kind: Kind,
    declared: Declared,
    message: str,
    path: Path = (),
    severity: Severity = Severity.ERROR,
    rule: str = "schema",
) -> Finding:
    text = ": ".join(part for part in (".".join(map(str, path)), message) if part)
    return Finding(severity, rule, text, kind.address(declared.key), declared.place(path))


def _secrets(kind: Kind, declared: Declared) -> Iterator[Finding]:
    """A secret stands in the environment and never in a file."""
    for name, value in declared.fields.items():
        field = kind.fields.get(name)
        if field and field.sensitive and not isinstance(value, Secret):
            message = "is a secret and must not stand in a file; write '${env:NAME}' and set NAME; then rotate this one"
            yield _finding(kind, declared, message, (name,), rule="literal-secret")


def _renames(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[Finding]:
    """One live object can become one declared object."""
    for name, section in desired.sections.items():
        heirs: dict[str, Declared] = {}
        for declared in section.objects.values():
            if declared.renamed_from:
                rival = section.objects.get(declared.renamed_from) or heirs.get(declared.renamed_from)
                heirs.setdefault(declared.renamed_from, declared)
                if rival and rival is not declared:
                    message = f"{declared.renamed_from} is spoken for at {rival.origin}; keep one of them"
                    yield _finding(kinds[name], declared, message, ("renamed_from",), rule="renamed-twice")


def _twins(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[Finding]:
    """The same switch under two names would be fought over."""
    for name, section in desired.sections.items():
        for declared in section.objects.values() if kinds[name].twins else ():
            for field, other in kinds[name].twins.items():
                yield from _twin(kinds[name], declared, field, other, desired)


def _twin(kind: Kind, declared: Declared, field: str, other: str, desired: Desired) -> Iterator[Finding]:
    name, _, other_field = other.partition(".")
    section = desired.sections.get(name)
    rival = next(iter(section.objects.values()), None) if section else None
    if rival and field in declared.fields and other_field in rival.fields:
        place = rival.place((other_field,))
        message = f"is the same switch as {other}, declared at {place}; keep one of them"
        yield _finding(kind, declared, message, (field,), rule="twins")
