"""In what an instance is not as its files say: the part of it that only a person can have meant. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconcile.compare.pair import alike, outside_lists, value_at
from reconcile.guard.scene import listed
from reconcile.model import ABSENT, Action, Declared, Finding, Severity, Unreadable, Value
from reconcile.wishes import LIVE, wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.compare import Side
    from reconcile.model import Baseline, Change, Kind, Origin, Path, Tagged

_GONE = "is in the files of {a} and not live there"
_ADDED = "is live in {a}, and its files do not declare it"
_OTHER = "is not in {a} as its files say"
_AHEAD = "the files have moved on since they were last applied to {a}; run `reconcile apply -e {a}` first"
_BOTH = (
    "was changed in {a}, and in the files since they were last applied there; keep one of the two first, with "
    "`reconcile pull -e {a}` or `reconcile apply -e {a}`"
)
_REMEDY = "say --include-drift to bring it along, take it into the files with --as patch, or undo it with `reconcile apply -e {a}`"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that is not as the files say. Without a path it is a whole object, and `whole` is what is live of it.

    `within` are the places of what the files say inside of it; `added`: they say nothing there, so it came on the instance.
    `ahead`: nobody has touched it since the last apply, so it is the files that have changed; `torn`: both have.
    """

    kind: Kind
    key: str
    path: Path
    value: Tagged = ABSENT
    whole: Declared | None = None
    origin: Origin | None = None
    within: tuple[Origin, ...] = ()
    added: bool = False
    ahead: bool = False
    torn: bool = False

    @property
    def places(self) -> tuple[Origin, ...]:
        """Where the files say what it is, and what is inside of it."""
        return (self.origin, *self.within) if self.origin else self.within

    @property
    def address(self) -> str:
        """The object that it belongs to."""
        return self.kind.address(self.key)

    @property
    def new(self) -> bool:
        """Whether it is an object that no file declares."""
        return not self.path and self.whole is not None and self.origin is None

    @property
    def name(self) -> str:
        """The value inside of its object, as messages begin."""
        return f"{'.'.join(map(str, self.path))}: " if self.path else ""


def drift(kinds: Mapping[str, Kind], side: Side, base: Baseline | None = None) -> tuple[Leaf, ...]:
    """Every value in which what is live differs from the files of the same environment, as far as it can be read.

    `base` is what both last agreed on, which tells who of them has changed since.
    """
    found = (leaf for change in side.plan.changes for leaf in _leaves(kinds[change.kind], change, side))
    return tuple(found if base is None else (_dated(leaf, side, base) for leaf in found))


def _dated(leaf: Leaf, side: Side, base: Baseline) -> Leaf:
    """A leaf that knows who has changed it since the last apply."""
    section = base.desired.sections.get(leaf.kind.name)
    row = section.objects.get(leaf.key) if section else None
    ahead, now = _ahead(leaf, row, newer=base.complete), side.declared(leaf.kind).get(leaf.key)
    return replace(leaf, ahead=ahead, torn=not ahead and bool(row and now and _edited(leaf, now, row)))


def _ahead(leaf: Leaf, row: Declared | None, *, newer: bool) -> bool:
    """Whether the instance is as it was left by the last apply; `newer`: what that did not know came into the files since."""
    if leaf.path:
        if row is None or not (row.default or leaf.path[0] in row.fields):
            return newer
        return not row.default and _as_left(leaf, row)
    if leaf.whole is None or leaf.whole.default:
        return row is None or row.default
    return row is not None and not row.default


def _as_left(leaf: Leaf, row: Declared) -> bool:
    return alike(leaf.kind, leaf.path, leaf.value, said(row, leaf.path))


def _edited(leaf: Leaf, now: Declared, row: Declared) -> bool:
    """Whether the files say something else than they did at the last apply."""
    paths = [leaf.path] if leaf.path else [(name,) for name in {**now.fields, **row.fields}]
    return now.default != row.default or any(
        not alike(leaf.kind, path, said(now, path), said(row, path)) for path in paths
    )


def conflict(leaf: Leaf, name: str) -> str:
    """What to do about a value that was changed on both sides, so that nobody can say which is meant."""
    return leaf.name + _BOTH.format(a=name)


def _leaves(kind: Kind, change: Change, side: Side) -> Iterator[Leaf]:
    found = side.live.objects.get(kind.name, {}).get(change.key)
    declared = side.declared(kind).get(change.key)
    if change.action in {Action.DELETE, Action.REVERT} and found:
        whole = wish(kind, found.key, found.fields)
        yield Leaf(kind, change.key, (), whole=whole, origin=declared.origin if declared else None)
        return
    if change.action is Action.CREATE or (found and side.found(kind, change.key) is None):
        default = Declared(change.key, LIVE, default=True) if kind.fixed else None
        yield Leaf(kind, change.key, (), whole=default, origin=change.origin)
        return
    seen = (item.path for item in change.fields if not isinstance(item.before, Unreadable))
    for path in dict.fromkeys(map(outside_lists, seen)):
        value = value_at(dict(found.fields) if found else None, path)
        leaf = Leaf(kind, change.key, path, value)
        yield replace(leaf, **_places(declared, path)) if declared else leaf


def _places(declared: Declared, path: Path) -> dict[str, Any]:
    """What a leaf knows of the files: whether they say anything there, and where."""
    return {
        "origin": declared.place(path),
        "within": declared.within(path),
        "added": said(declared, path) == ABSENT,
    }


def said(declared: Declared, path: Path) -> Tagged:
    """What a declaration says at a path."""
    return value_at(
        {name: one.value for name, one in declared.fields.items() if isinstance(one, Value)}, path
    )


def refusals(name: str, leaves: Iterable[Leaf]) -> Iterator[Finding]:
    """A refusal for each of them: what nobody has reviewed is not promoted unasked."""
    for leaf in leaves:
        what = _OTHER if leaf.path else _ADDED if leaf.whole and not leaf.whole.default else _GONE
        message = leaf.name + (_AHEAD if leaf.ahead else f"{what}; {_REMEDY}").format(a=name)
        if leaf.torn:
            message = conflict(leaf, name)
        yield Finding(Severity.REFUSAL, "drift", message, leaf.address, leaf.origin)


def unmanaged(a: Side, b: Side) -> Iterator[Finding]:
    """One note on what is live in `a`, declared nowhere, and not in `b`: no file speaks of it, so nothing promotes it."""
    left = {address for address in a.plan.unmanaged if not _left_alone(a, address) and not _has(b, address)}
    if left:
        message = (
            f"unmanaged in {a.name} and not in {b.name}, so left out: {listed(sorted(left))}; "
            "declare it in the files to promote it"
        )
        yield Finding(Severity.INFO, "unmanaged", message)


def _left_alone(side: Side, address: str) -> bool:
    kind, _, key = address.partition("/")
    return key in side.desired.sections[kind].unset


def _has(side: Side, address: str) -> bool:
    kind, _, key = address.partition("/")
    return key in side.live.objects.get(kind, {})
