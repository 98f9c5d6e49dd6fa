"""Scenes: what there is, and what the files want of it, so that each route of each kind has its turn.

Everything is found: the wishes in the examples of the kinds' pages, other values by trying them on the simulator.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.model import Declared, Desired, Origin, Review, Secret, Severity, Status, Value
from reconcile.validate import validate
from tests.lab import ROOT, FakeClock, Lab, known
from tests.laws.stories import Story
from tests.matrix.stage import OURS, Moment, Stage, repeatable, secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Json, Kind, Tagged
    from reconcile.simulator.client import Reply

NOWHERE = Origin("resources.yml", 1)
BETWEEN = 30.0
"""Seconds between the setting up of a world and what happens in it."""


@dataclass(frozen=True)
class Scene:
    """Where a run begins, and what it is to reach."""

    kind: Kind
    name: str
    want: Desired
    start: Moment
    prior: bool  # whether something of ours was there before
    probe: bool = False  # whether groups without GET are read by a write of nothing

    def __str__(self) -> str:
        return f"{self.kind.name}/{self.name}"


# --- what the pages want ---


@cache
def page(name: str) -> Desired:
    """The example of a kind's page; what it does not mention is left alone."""
    with tempfile.TemporaryDirectory() as folder:
        return additive(
            Story(ROOT / "docs" / "kinds" / f"{name}.md").want(Lab.open(Path(folder), FakeClock()))
        )


@cache
def project(name: str) -> Desired:
    """An example project, whole."""
    with tempfile.TemporaryDirectory() as folder:
        return additive(Story(ROOT / "examples" / name).want(Lab.open(Path(folder), FakeClock())))


def additive(desired: Desired) -> Desired:
    return Desired({name: replace(section, prune=False) for name, section in desired.sections.items()})


def with_objects(
    desired: Desired, kind: Kind, objects: Iterable[Declared], *, prune: bool = False
) -> Desired:
    """The same wishes, with other objects of one kind."""
    mine = replace(desired.sections[kind.name], objects={one.key: one for one in objects}, prune=prune)
    return Desired({**desired.sections, kind.name: mine})


# --- other values ---


def others(schema: Mapping[str, Any], value: Json) -> Iterator[Json]:
    """Values that may stand in the place of this one."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, value - 1)
        case str():
            yield from (one for one in schema.get("enum", ()) if isinstance(one, str) and one != value)
            yield from (f"{value}x", f"x{value}") if "enum" not in schema else ()
        case list():
            yield from (value[:-1],) if len(value) > 1 else ()
        case dict():
            yield {**value, "changed": True}


def _other_fields(kind: Kind, declared: Declared) -> Iterator[tuple[str, Tagged]]:
    """Each field of an object with another value."""
    for name, value in declared.fields.items():
        if name in kind.references or kind.fields[name].create_only:
            continue
        if isinstance(value, Secret):
            yield name, OURS.secret(f"{value.name}_OLD", secret(f"{value.name}_OLD"))
        elif isinstance(value, Value):
            schema = known().schemas[kind.name]["properties"][name]
            yield from ((name, Value(one)) for one in others(schema, value.value))


@cache
def changed(name: str) -> Desired:
    """The example of a page with another value in each field that takes one."""
    kind, desired = known().kinds[name], page(name)
    objects = dict(desired.sections[name].objects)
    for key, declared in desired.sections[name].objects.items():
        done: set[str] = set()
        for field, value in _other_fields(kind, declared):
            trial = replace(objects[key], fields={**objects[key].fields, field: value}, renamed_from="")
            wish = with_objects(desired, kind, {**objects, key: trial}.values())
            if field not in done and reachable(wish):
                done.add(field)
                objects[key] = trial
    return with_objects(desired, kind, (replace(one, renamed_from="") for one in objects.values()))


def reachable(desired: Desired) -> bool:
    """Whether files that want this are right, and the service does it."""
    remarks = validate(known().kinds, known().schemas, desired)
    if any(one.severity is Severity.ERROR for one in remarks):
        return False
    with repeatable(1):
        run = Stage.at(world(), 1).run(desired)
    done = all(one.status is Status.DONE for one in run.outcomes)
    return not run.refused and run.error is None and done


# --- what is there and not ours ---


@cache
def world() -> Moment:
    """An instance that holds something undeclared of every kind."""
    stage = Stage.new()
    for kind in known().kinds.values():
        stand_by(stage, kind)
    stage.clock.sleep(BETWEEN)
    return stage.moment()


def stand_by(stage: Stage, kind: Kind) -> None:
    """Make something of this kind that no file mentions."""
    if kind.singleton:
        _undeclared_settings(stage, kind)
    elif kind.fixed:
        assert _override(stage, kind), f"{kind.name}: nothing undeclared could be made"
    else:
        assert stranger(stage, kind, "bystander"), f"{kind.name}: nothing undeclared could be made"


def stranger(stage: Stage, kind: Kind, name: str) -> dict[str, Any] | None:
    """A body that makes an object that nobody declared, after it was sent; None where none is accepted."""
    for declared in page(kind.name).sections[kind.name].objects.values():
        for key in _other_keys(kind, declared.key, name):
            body = {**_plain_body(declared.fields), kind.key: key}
            if stage.api.send(kind.create or "POST", kind.path, body).status < 300:
                return body
    return None


def _other_keys(kind: Kind, key: str, name: str) -> Iterator[str]:
    """Keys near this one that the files could have, too."""
    for text in (f"{key}-{name}", f"{name}.{key}"):
        if not any(one.severity is Severity.ERROR for one in kind.check(Review(text, {}, {}))):
            yield text


def _plain_body(fields: Mapping[str, Tagged]) -> dict[str, Any]:
    return {name: value.value for name, value in fields.items() if isinstance(value, Value)}


def declared_keys(kind: Kind) -> set[str]:
    """All keys of a kind that a page or a project mentions."""
    wishes = [*(page(name) for name in known().kinds), *map(project, projects())]
    return {key for wish in wishes for key in _objects(wish, kind)}


def declared_fields(kind: Kind) -> set[str]:
    """All fields of a kind that a page or a project mentions."""
    wishes = [*(page(name) for name in known().kinds), *map(project, projects())]
    return {name for wish in wishes for one in _objects(wish, kind).values() for name in one.fields}


def _objects(wish: Desired, kind: Kind) -> Mapping[str, Declared]:
    section = wish.sections.get(kind.name)
    return section.objects if section else {}


def projects() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "examples").glob("*/reconcile.yml"))


def _override(stage: Stage, kind: Kind) -> bool:
    """Let the instance have a version of its own of a member that no file mentions."""
    taken = declared_keys(kind)
    for row in stage.api.everything(kind.path):
        if row[kind.member] in taken:
            continue
        for field, value in _other_settings(kind, row, set()):
            body = {name: row[name] for name in kind.fields if kind.writable(name) and name in row}
            path = f"{kind.path}/{row[kind.member]}"
            if stage.api.send(kind.update or "PATCH", path, {**body, field: value}).status < 300:
                return True
    return False


def _undeclared_settings(stage: Stage, kind: Kind) -> None:
    """Give all settings another value that no file mentions, as far as that is accepted."""
    row = _settings(stage, kind)
    switches = {*kind.gates, *kind.twins, kind.enables}
    for field, value in _other_settings(kind, row, declared_fields(kind) | switches):
        stage.api.send(kind.update or "PATCH", kind.path, {field: value})


def _settings(stage: Stage, kind: Kind) -> dict[str, Any]:
    reply: Reply = stage.api.get(kind.path)
    if reply.status >= 300:
        reply = stage.api.send(kind.update or "PATCH", kind.path, {})
    found: dict[str, Any] = reply.json
    return found


def _other_settings(kind: Kind, row: Mapping[str, Any], without: set[str]) -> Iterator[tuple[str, Json]]:
    for field, value in row.items():
        if kind.writable(field) and field not in kind.references and field not in without:
            schema = known().schemas[kind.name]["properties"][field]
            yield from ((field, one) for one in others(schema, value))


# --- scenes ---


@cache
def scenes(name: str) -> tuple[Scene, ...]:
    """All scenes of one kind."""
    kind = known().kinds[name]
    return tuple(_scenes(kind, page(name)))


def _scenes(kind: Kind, wish: Desired) -> Iterator[Scene]:
    objects = wish.sections[kind.name].objects
    yield Scene(kind, "fresh", wish, world(), prior=False)
    if changed(kind.name) != with_objects(wish, kind, map(_settled, objects.values())):
        yield Scene(kind, "changed", wish, after(changed(kind.name)), prior=True)
    yield Scene(kind, "elsewhere", wish, after(wish).forgotten(), prior=True)
    if kind.read == "echo":
        yield Scene(kind, "probed", wish, after(changed(kind.name)), prior=True, probe=True)
    if kind.renameable:
        yield _renamed(kind, wish)
    if kind.delete and kind.key:
        yield _pruned(kind, wish)
    if kind.fixed:
        yield _reverted(kind, wish)
    if kind.shortcuts:
        yield from _single(kind, wish)


def _settled(declared: Declared) -> Declared:
    return replace(declared, renamed_from="")


def after(desired: Desired) -> Moment:
    """The world after an undisturbed run of ours."""
    with repeatable(1):
        stage = Stage.at(world(), 1)
        run = stage.run(desired)
    assert run.error is None, run.error
    assert not run.refused, run.refused
    stage.clock.sleep(3.0)
    return stage.moment()


def _renamed(kind: Kind, wish: Desired) -> Scene:
    """One object had another name before."""
    first, *rest = (_settled(one) for one in wish.sections[kind.name].objects.values())
    former = replace(first, key=f"{first.key}-before")
    want = with_objects(wish, kind, [replace(first, renamed_from=former.key), *rest])
    return Scene(kind, "renamed", want, after(with_objects(wish, kind, [former, *rest])), prior=True)


def _pruned(kind: Kind, wish: Desired) -> Scene:
    """One object is wanted no more; the list is to be what the files say."""
    first, *rest = map(_settled, wish.sections[kind.name].objects.values())
    there = [Declared(key, NOWHERE) for key in _strangers(kind)]
    want = with_objects(wish, kind, [*rest, *there], prune=True)
    return Scene(kind, "pruned", want, after(with_objects(wish, kind, [first, *rest])), prior=True)


def _strangers(kind: Kind) -> list[str]:
    """The keys of the undeclared objects of a kind, as far as the service gives them up."""
    stage = Stage.at(world(), 1)
    rows = stage.api.everything(kind.path)
    return [row[kind.key] for row in rows if row[kind.key] not in declared_keys(kind)]


def _reverted(kind: Kind, wish: Desired) -> Scene:
    """What was the instance's own is to be the service's again."""
    keys = list(wish.sections[kind.name].objects)
    want = with_objects(wish, kind, [Declared(key, NOWHERE, default=True) for key in keys])
    return Scene(kind, "reverted", want, after(wish), prior=True)


def _single(kind: Kind, wish: Desired) -> Iterator[Scene]:
    """One field of one object is to change: one that has a call of its own, and one that has none."""
    key = next(iter(wish.sections[kind.name].objects))
    rows = Stage.at(world(), 1).api.everything(kind.path)
    row = next(one for one in rows if one[kind.key] == key)
    seen = set()
    for field, value in _other_settings(kind, row, set()):
        own_call = field in kind.shortcuts
        want = with_objects(wish, kind, [Declared(key, NOWHERE, {field: Value(value)})])
        if own_call not in seen and reachable(want):
            seen.add(own_call)
            yield Scene(kind, f"only {field}", want, world(), prior=False)
