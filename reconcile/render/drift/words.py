"""What is said about drift, in every form: where it was changed, and what can be done about it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from reconcile.model import FieldChange, Found, Known, Side, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Base, Difference, Drift, Drifted, Hidden, Ignore, Tagged

WHERE: Mapping[Side, str] = {
    Side.INSTANCE: "on the instance",
    Side.FILES: "in the files",
    Side.BOTH: "on both sides",
    Side.UNKNOWN: "on an unknown side",
}
PHRASE: Mapping[tuple[Found, Side], str] = {
    (Found.CHANGED, Side.INSTANCE): "changed on the instance",
    (Found.CHANGED, Side.FILES): "changed in the files",
    (Found.CHANGED, Side.BOTH): "changed on both sides",
    (Found.CHANGED, Side.UNKNOWN): "different",
    (Found.MISSING, Side.INSTANCE): "deleted on the instance",
    (Found.MISSING, Side.FILES): "new in the files",
    (Found.MISSING, Side.BOTH): "deleted on the instance, and edited in the files",
    (Found.MISSING, Side.UNKNOWN): "only in the files",
    (Found.EXTRA, Side.INSTANCE): "created on the instance",
    (Found.EXTRA, Side.FILES): "not wanted by the files any more",
    (Found.EXTRA, Side.BOTH): "not wanted by the files any more, and edited on the instance",
    (Found.EXTRA, Side.UNKNOWN): "only on the instance",
}
SIGN: Mapping[tuple[Found, Side], str] = {
    **dict.fromkeys(PHRASE, "~"),
    (Found.MISSING, Side.INSTANCE): "-",
    (Found.MISSING, Side.FILES): "+",
    (Found.MISSING, Side.UNKNOWN): "+",
    (Found.EXTRA, Side.INSTANCE): "+",
    (Found.EXTRA, Side.FILES): "-",
    (Found.EXTRA, Side.UNKNOWN): "-",
}


class Step(NamedTuple):
    """Something that can be done about drift, and what comes of it."""

    do: str
    command: str
    effect: str


_PULL, _APPLY = "reconcile pull -e {}", "reconcile apply -e {}"
_IGNORE = Step("ignore", "ignore: in reconcile.yml", "hides it until a day that you name")
_STEPS: Mapping[Side, Sequence[Step]] = {
    Side.INSTANCE: (
        Step("pull", _PULL, "takes it into the files"),
        Step("apply", _APPLY, "undoes it on the instance"),
        _IGNORE,
    ),
    Side.FILES: (Step("apply", _APPLY, "brings it to the instance"), _IGNORE),
    Side.BOTH: (
        Step("pull", _PULL, "keeps what the instance has; the edit of the files is lost"),
        Step("apply", _APPLY, "keeps what the files say; the edit on the instance is lost"),
        _IGNORE,
    ),
    Side.UNKNOWN: (
        Step("pull", _PULL, "if the instance is right"),
        Step("apply", _APPLY, "if the files are right"),
        _IGNORE,
    ),
}


def steps(drift: Drift) -> Iterator[tuple[Side, Sequence[Step]]]:
    """What can be done, for each side on which something was changed."""
    found = {item.side for one in drift.objects for item in one.fields}
    for side in Side:
        if side in found:
            yield side, [one._replace(command=one.command.format(drift.environment)) for one in _STEPS[side]]


def counts(drift: Drift) -> Counter[Side]:
    """How many objects were changed where."""
    return Counter(one.side for one in drift.objects)


def numbers(drift: Drift) -> str:
    """The same in words; nothing where there is no drift."""
    told = counts(drift)
    return ", ".join(f"{told[side]:,} {WHERE[side]}" for side in Side if told[side])


def base_text(base: Base) -> str:
    """What the sides were held against."""
    dirty = " with uncommitted changes" if base.dirty else ""
    commit = f"commit {base.revision[:12]}{dirty}" if base.revision else ""
    match base.known:
        case Known.APPLIED:
            return f"since the run of {base.at}" + (f", {commit}" if commit else "")
        case Known.REVISION:
            return f"since {commit}"
        case _:
            return "no earlier state is known"


NO_BASE = (
    "nobody can tell on which side something was changed: no apply or pull has left its state here; "
    "say --since GIT_REV to go by the files of a commit, or keep the state folder (--state-dir)"
)
IN_PART = (
    "only a part of what was applied is known here, from a saved plan or a selection; of the rest nobody can tell "
    "on which side it was changed, until the next `reconcile apply` of everything"
)


def remarks(drift: Drift) -> Iterator[str]:
    """Why nobody can tell on which side something was changed, where that is so."""
    if any(item.side is Side.UNKNOWN for one in drift.objects for item in one.fields):
        yield NO_BASE if drift.base.known is Known.NOTHING else IN_PART


def sections(one: Drifted) -> Iterator[tuple[str, tuple[FieldChange, ...]]]:
    """The fields of an object under what is to be said of them, each from what it was to what it is."""
    by_side: dict[Side, list[Difference]] = {side: [] for side in Side}
    for item in one.fields:
        by_side[item.side].append(item)
    both = by_side[Side.BOTH]
    titled = (
        (WHERE[Side.INSTANCE], _each(by_side[Side.INSTANCE], "live")),
        (WHERE[Side.FILES], _each(by_side[Side.FILES], "files")),
        (f"{WHERE[Side.BOTH]}: the instance", _each(both, "live")),
        (f"{WHERE[Side.BOTH]}: the files", _each(both, "files")),
        ("from the instance to the files", _each(by_side[Side.UNKNOWN], "files")),
    )
    return ((title, fields) for title, fields in titled if fields)


def _each(items: Iterable[Difference], side: str) -> tuple[FieldChange, ...]:
    """From what was agreed on to what a side has now; where nobody knows that, from the instance to the files."""
    return tuple(
        FieldChange(item.path, item.live if item.base is None else item.base, _of(item, side))
        for item in items
    )


def _of(item: Difference, side: str) -> Tagged:
    if item.base is None:
        return item.files
    return item.live if side == "live" else item.files


def names(one: Drifted) -> str:
    """The fields that differ, by name; nothing for an object that is not on both sides."""
    if one.found is not Found.CHANGED:
        return ""
    return ", ".join(dict.fromkeys(_name(item) for item in one.fields))


def _name(item: Difference) -> str:
    name = ".".join(map(str, item.path))
    entries = [one.value for one in (item.live, item.files) if isinstance(one, Value)]
    return f"{name} ({entries[0]})" if item.entry and entries else name


def rule_text(rule: Ignore) -> str:
    """A rule, with its reason and its place."""
    what = f"{rule.address} {rule.field}".strip()
    return f"{what}: {_because(rule)}"


def _because(rule: Ignore) -> str:
    place = f", {rule.origin}" if rule.origin else ""
    return f"{rule.reason} (until {rule.expires}{place})"


def hidden_text(hidden: Hidden) -> str:
    """What a rule hides, and why."""
    one, rule = hidden.what, hidden.rule
    fields = f" {names(one)}" if names(one) else ""
    return f"{one.address}{fields}: {PHRASE[one.found, one.side]}; {_because(rule)}"


def unread_texts(drift: Drift) -> list[str]:
    """What no call returns, an object a line."""
    fields: dict[str, dict[str, None]] = {}
    for address, path in drift.unread:
        fields.setdefault(address, {})[".".join(map(str, path))] = None
    return [f"{address}: {', '.join(paths)}" for address, paths in fields.items()]
