"""The document of the vendor's own command line tool -> objects of ours, and a reason for all that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reconcile.adopt.fit import fit, is_secret
from reconcile.adopt.table import Table
from reconcile.adopt.twins import untwinned
from reconcile.diff import equal
from reconcile.model import Candidate, Left, Taken, Why
from reconcile.validate.leaks import veiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.adopt.table import Path, Target
    from reconcile.model import Json, Kind

_DEEPEST = 16
"""What lies deeper counts as one value: no setting does, and a document can be made of nothing but brackets."""

_SECRET = "secret: nothing here holds it; keep it where your secrets are, and set it in the dashboard"  # noqa: S105
_NO_GROUP = "must be a map of settings"
_FLIPPED = "must be true or false: it says the opposite of a switch"


class _Value(NamedTuple):
    """A value of ours, and where it was found."""

    path: Path
    target: Target
    value: Json


def read_document(
    kinds: Mapping[str, Kind], schemas: Mapping[str, Mapping[str, Any]], document: Mapping[str, Json]
) -> Taken:
    """Every setting that a kind of ours covers; all else is left, and said to be."""
    table = Table.of(kinds, schemas)
    values: list[_Value] = []
    left: dict[tuple[Path, Why], Left] = {}
    for path, value in _walk(table, document):
        target = table.targets.get(path)
        found = _taken(kinds, schemas, path, target, value) if target else _left(table, path, value)
        if isinstance(found, _Value):
            values.append(found)
        else:
            key = (found.path, found.why)
            count = left[key].values if key in left else 0
            left[key] = Left(found.path, found.why, found.reason, count + 1)
    kept, torn = _agreeing(values)
    objects, doubled = untwinned(kinds, list(_objects(kinds, kept)))
    return Taken(objects, (*left.values(), *torn, *doubled))


def _walk(table: Table, document: Mapping[str, Json]) -> Iterator[tuple[Path, Json]]:
    """Every value of ours, and every other single one, in the order of the document."""
    waiting: list[tuple[Path, Json]] = [((), dict(document))]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict) and value and path not in table.targets and len(path) < _DEEPEST:
            waiting += [((*path, _shown(name)), item) for name, item in reversed(value.items())]
        elif path:
            yield path, value


def _shown(name: str) -> str:
    """A name that can be printed: JSON may hold halves of characters, and somebody may have a secret for a name."""
    return veiled(name.encode("utf-8", "backslashreplace").decode())


def _taken(
    kinds: Mapping[str, Kind],
    schemas: Mapping[str, Mapping[str, Any]],
    path: Path,
    target: Target,
    value: Json,
) -> _Value | Left:
    """The value as a field of ours, the right way round."""
    if target.inverted and value is not None:
        if not isinstance(value, bool):
            return Left(path, Why.UNFIT, _FLIPPED)
        value = not value
    kept = fit(kinds[target.kind], schemas[target.kind], target.field, value)
    return Left(path, kept.why, kept.reason) if kept.why else _Value(path, target, kept.value)


def _left(table: Table, path: Path, value: Json) -> Left:
    if len(path) == 1 and path[0] in table.groups:
        return Left(path, Why.UNFIT, _NO_GROUP) if value else Left(path, Why.UNSET, "empty: nothing is in it")
    if is_secret(path[-1], value):
        return Left(path, Why.SECRET, _SECRET)
    row = table.left(path)
    return Left(row.path, row.why, row.reason)


def _agreeing(values: list[_Value]) -> tuple[list[_Value], list[Left]]:
    """One value for each field; where a document says two things about one under two names, neither counts."""
    by_target: dict[tuple[str, str], list[_Value]] = {}
    for one in values:
        by_target.setdefault((one.target.kind, one.target.field), []).append(one)
    kept: list[_Value] = []
    left: list[Left] = []
    for ones in by_target.values():
        same = all(equal(ones[0].value, one.value) for one in ones)
        paths = " and ".join(".".join(one.path) for one in ones)
        reason = "are one switch" if same else "are one switch, and here they say two things"
        kept += ones[:1] if same else []
        left += [Left(one.path, Why.TWIN, f"{paths} {reason}") for one in (ones[1:] if same else ones)]
    return kept, left


def _objects(kinds: Mapping[str, Kind], values: list[_Value]) -> Iterator[Candidate]:
    for name, kind in kinds.items():
        ours = {one.target.field: one for one in values if one.target.kind == name}
        in_order = {field: ours[field] for field in kind.fields if field in ours}
        if in_order:
            yield Candidate(
                name,
                fields={field: one.value for field, one in in_order.items()},
                sources={
                    field: f"{'not ' if one.target.inverted else ''}{'.'.join(one.path)}"
                    for field, one in in_order.items()
                },
            )
