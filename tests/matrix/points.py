"""Points: each request of a scene that may be hit, with all that a fault needs to know about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from reconcile.calls import calls
from reconcile.model import Action, Secret, Value
from reconcile.simulator.contract import published
from reconcile.simulator.faults import SecondWriter
from tests.lab import known
from tests.matrix.stage import Stage, holdings, repeatable, secret
from tests.matrix.worlds import Scene, others, project, projects, scenes, stranger, world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Call, Change, Fields, Kind
    from tests.matrix.stage import Objects, Run

_SEED = 3


@dataclass(frozen=True)
class Calm:
    """What a scene comes to when nothing goes wrong."""

    run: Run
    before: Objects
    objects: Objects
    holdings: Mapping[str, list[Any]]
    asked: tuple[tuple[str, str], ...]  # method and path of each request of the run
    pending: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One request: where in a run it comes, what it carries, and who might be faster."""

    scene: Scene
    role: str
    method: str
    path: str
    pattern: str
    first: int = 1  # the how manieth request with this method and path it is
    many: bool = False  # whether another write of this sort follows
    others: Mapping[str, Any] = field(default_factory=dict)  # another value for some fields of the body
    unseen: frozenset[str] = frozenset()  # fields of the body that no answer shows
    rivals: Mapping[str, tuple[SecondWriter, Mapping[str, Any]]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.scene}: {self.role}, {self.method} {self.pattern}"

    @property
    def reads(self) -> bool:
        return self.role not in {*Action, "rename"}

    @property
    def answers_nothing(self) -> bool:
        """Whether a good answer has no body."""
        operation, _ = published().at(self.path)[self.method]
        return operation.answer is None


def calm(scene: Scene) -> Calm:
    """Play a scene without any fault."""
    return _calm(scene.kind.name, scene.name) if scene.name not in projects() else _calm_project(scene.name)


@cache
def _calm(kind: str, name: str) -> Calm:
    return _played(next(one for one in scenes(kind) if one.name == name))


@cache
def _calm_project(name: str) -> Calm:
    return _played(_together(name, next(iter(known().kinds.values()))))


def _played(scene: Scene) -> Calm:
    with repeatable(_SEED):
        stage = Stage.at(scene.start, _SEED)
        before = scene.start.objects
        run = stage.run(scene.want, probe=scene.probe)
        asked = tuple((method, path.removeprefix("/v1")) for method, path, _, _ in stage.simulator.log)
        pending = tuple(change.address for change in stage.pending(scene.want, probe=scene.probe).changes)
    data = stage.simulator.store.data
    return Calm(run, before, stage.objects, holdings(data), asked, pending)


# --- finding them ---


@cache
def points(name: str) -> tuple[Point, ...]:
    """All points of one kind: each route once, in the scene that says most."""
    mine = sorted(scenes(name), key=lambda scene: (scene.name != "changed", not scene.prior))
    found: dict[object, Point] = {}
    for scene in mine:
        for point in (*_writes(scene), *_reads(scene)):
            found.setdefault(
                (point.role, point.method, point.pattern, point.first if point.role == "update" else 0), point
            )
    return tuple(found.values())


@cache
def together(name: str) -> tuple[Point, ...]:
    """The writes of a whole project, one of each sort."""
    found: dict[object, Point] = {}
    for kind in known().kinds.values():
        for point in _writes(_together(name, kind)):
            found.setdefault((kind.name, point.role, point.pattern, point.first), point)
    return tuple({(one.method, one.pattern, one.role): one for one in found.values()}.values())


def _together(name: str, kind: Kind) -> Scene:
    return Scene(kind, name, project(name), world(), prior=False)


def _writes(scene: Scene) -> Iterator[Point]:
    """The calls of the changes of the scene's own kind: of each sort the one that carries most."""
    plan = calm(scene).run.plan
    assert plan is not None
    if scene.probe:
        return
    groups: dict[tuple[str, str, str, int], list[tuple[Change, Call]]] = {}
    for change in plan.changes:
        if change.kind == scene.kind.name:
            for place, call in enumerate(calls(scene.kind, change)):
                role = "rename" if scene.name == "renamed" else str(change.action)
                groups.setdefault((role, call.method, _pattern(scene.kind, call), place), []).append(
                    (change, call)
                )
    for (role, method, pattern, place), group in groups.items():
        change, call = max(group, key=lambda pair: len(pair[1].body or {}))
        number = [one.path for _, one in group[: group.index((change, call)) + 1]].count(call.path) + place
        point = Point(scene, role, method, call.path, pattern, number, many=len(group) > 1)
        yield _filled(point, change, call)


def _pattern(kind: Kind, call: Call) -> str:
    """The path of a call, with a star in the place of an id."""
    rest = call.path.removeprefix(kind.path)
    return kind.path + re.sub(r"^/[^/]+", "/*", rest)


def _filled(point: Point, change: Change, call: Call) -> Point:
    """The point with what its body and its rivals may be."""
    kind = point.scene.kind
    if change.action is Action.DELETE:
        return replace(point, rivals=dict(_rivals(point, {})))
    body = _resolved(call.body or {})
    unseen = frozenset(name for name in body if _is_unseen(kind, point, name))
    found: dict[str, Any] = {}
    declared = {kind.key, *point.scene.want.sections[kind.name].objects[change.key].fields}
    for sort in (unseen, {kind.key}, declared - unseen - {kind.key}):
        found.update(_first_other(kind, {name: value for name, value in body.items() if name in sort}))
    filled = replace(point, others=found, unseen=unseen)
    return replace(
        filled, rivals={name: one for name, one in _rivals(filled, body) if _works(filled, one[0])}
    )


def _resolved(body: Fields) -> dict[str, Any]:
    """What is sent, but for ids that are looked up."""
    plain = {name: value.value for name, value in body.items() if isinstance(value, Value)}
    return plain | {name: secret(value.name) for name, value in body.items() if isinstance(value, Secret)}


def _is_unseen(kind: Kind, point: Point, name: str) -> bool:
    unread = kind.fields[name].write_only or kind.read == "echo"
    return kind.fields[name].write_only or (unread and point.answers_nothing)


def _first_other(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    """Another value for the first field that has one."""
    for name, value in body.items():
        for other in others(known().schemas[kind.name]["properties"][name], value):
            return {name: other}
    return {}


def _rivals(
    point: Point, body: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[SecondWriter, Mapping[str, Any]]]]:
    """What another client might do just before."""
    kind, method = point.scene.kind, point.method
    yield "does the same", (SecondWriter(), {})
    other = {name: value for name, value in point.others.items() if name not in point.unseen | {kind.key}}
    other = other or {name: point.others[name] for name in point.unseen & point.others.keys()}
    if other and not any(kind.fields[name].create_only for name in other):
        yield "writes other values", (SecondWriter(body={**body, **other}), {})
    if kind.delete and kind.key and method in {"PATCH", "PUT"}:
        yield "deletes it", (SecondWriter(method="DELETE"), {})
    if kind.fixed and point.scene.prior and point.role == "update":
        member = "/".join(point.path.split("/")[:4])
        yield "reverts it", (SecondWriter(method="POST", path=f"{member}/{kind.revert}"), {})
    yield from _newcomer(point)


def _newcomer(point: Point) -> Iterator[tuple[str, tuple[SecondWriter, Mapping[str, Any]]]]:
    """Another client adds something that nobody declared; where the list is to be as declared, it does not stay."""
    kind = point.scene.kind
    if kind.key and kind.create:
        body = stranger(Stage.at(point.scene.start, _SEED), kind, "newcomer")
        assert body is not None
        prune = point.scene.want.sections[kind.name].prune
        writer = SecondWriter(method="POST", path=kind.path, body=body)
        yield "adds something else", (writer, {} if prune else {kind.key: body[kind.key]})


def _works(point: Point, writer: SecondWriter) -> bool:
    """Whether the instance lets the other client do that, as things are when the plan is made."""
    stage = Stage.at(point.scene.start, _SEED)
    sent = writer.body if writer.body is not None else {}
    if writer == SecondWriter():
        return True
    path = writer.path or point.path
    return stage.api.send(writer.method or point.method, path, dict(sent)).status < 300


def _reads(scene: Scene) -> Iterator[Point]:
    """What a run reads for its plan, to look something up, and to prove that it took."""
    kind, asked = scene.kind, calm(scene).asked
    if not calm(scene).run.outcomes:
        return
    method = "PATCH" if scene.probe else "GET"
    number = asked.count((method, kind.path))
    proof = 3 if scene.probe else 2
    if kind.read == "echo" and not scene.probe:
        return
    plan = Point(scene, "plan read", method, kind.path, kind.path)
    yield replace(plan, rivals=dict(_newcomer(plan)))
    if number >= proof:
        last = replace(plan, role="proof read", first=proof)
        yield replace(last, rivals=dict(_late(last)))
    for path in sorted({one.path for one in kind.references.values()}):
        if ("GET", path) in asked:
            yield Point(scene, "look-up", "GET", path, path)


def _late(point: Point) -> Iterator[tuple[str, tuple[SecondWriter, Mapping[str, Any]]]]:
    """What another client might do between a write and its proof."""
    yield from _newcomer(point)
    for write in _writes(replace(point.scene, probe=False)):
        if "writes other values" in write.rivals and write.role != Action.CREATE:
            writer = write.rivals["writes other values"][0]
            if write.others.keys() - write.unseen - {point.scene.kind.key}:
                yield "writes other values", (replace(writer, method=write.method, path=write.path), {})
