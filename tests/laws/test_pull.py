"""Pull, then plan, is empty: whatever was changed on an instance, in every example and every environment of it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.edit import Files, write
from reconcile.load import load_project
from reconcile.model import Baseline, Unreadable, Value
from reconcile.plan import make_plan
from reconcile.pull import Pulled, Verdict, pulled
from tests.lab import known
from tests.laws.stories import Story, every_story

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.edit import Edited
    from reconcile.model import Desired, Json, Live, Plan
    from tests.lab import Lab


ELSEWHERE = ("would make the files of another environment wrong", "is another entry in each environment")
"""What other environments take back with `!unset`, or what a variable makes another entry of, cannot just go."""


def shaken(rng: random.Random, value: Json, *, inside: bool = False) -> Json:
    """Another value of the same sort."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return rng.choice(
                [f"{value} ✎ {{{{x}}}}", f"${{y}} {value}", f"{value}\n  <b>'\"</b>", "- #: NO"]
            )
        case list():
            return [
                *value[1:],
                f"https://new.example/{len(value)}",
                *(value[:1] if rng.random() < 0.5 else ()),
            ]
        case dict():
            kept = {
                name: shaken(rng, one, inside=True) if rng.random() < 0.5 else one
                for name, one in value.items()
            }
            gone = rng.choice(sorted(kept)) if inside and kept else ""
            return {
                **{name: one for name, one in kept.items() if name != gone},
                f"new {len(value)}": {"a": [1, "x"]},
            }
        case None:
            return "something"


def changed(rng: random.Random, desired: Desired, live: Live) -> Live:
    """An instance of which half of what is declared has another value, and one object of each list is gone."""
    objects = {}
    for name, found in live.objects.items():
        kind, rows = known().kinds[name], dict(found)
        section = desired.sections.get(name)
        for key, declared in section.objects.items() if section else ():
            if key not in rows or declared.default:
                continue
            fields = {
                field: shaken(rng, value)
                for field, value in rows[key].fields.items()
                if isinstance(declared.fields.get(field), Value)
                and rng.random() < 0.5
                and field not in kind.references
            }
            rows[key] = replace(rows[key], fields={**rows[key].fields, **fields})
        keys = (
            sorted(section.objects.keys() & rows.keys())
            if section and kind.delete and not kind.singleton
            else []
        )
        if keys:
            del rows[rng.choice(keys)]
        objects[name] = rows
    return replace(live, objects=objects)


def pull(root: Path, name: str, live: Live, base: Baseline | None) -> tuple[Pulled, Edited]:
    """One pull without a command line."""
    project = load_project(root, catalogue.schema("project"))
    environment = project.environment(name)
    files = Files.opened(project, environment, known(), environment.variables)
    plan = make_plan(known().kinds, files.desired, live)
    found = pulled(known().kinds, known().schemas, files.desired, live, base, plan)
    for wish in found.wishes:
        if wish.gone:
            files.drop(wish.kind, wish.key)
        elif wish.new:
            files.add(wish.kind, wish.key, wish.fields)
        for field, value in {} if wish.gone or wish.new else wish.fields.items():
            if isinstance(value, Value):
                files.set(wish.kind, wish.key, (field,), value.value)
            else:
                files.drop(wish.kind, wish.key, (field,))
    edited = files.edits()
    write(root, edited.edits)
    return found, edited


def readable(plan: Plan, stuck: set[str]) -> list[str]:
    """What is pending of all that can be read, but for what is known to be stuck."""
    return [
        f"{change.address}: {item.path}: {item.before} -> {item.after}"
        for change in plan.changes
        if change.address not in stuck
        for item in change.fields
        if not isinstance(item.before, Unreadable)
    ]


def bytes_of(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def project_of(story: Story, lab: Lab, name: str = "local") -> Path:
    """A copy of a project for one environment, which may be changed."""
    if story.path.is_dir():
        return story.copy(lab.folder / f"story of {name}")
    story.want(lab)
    return lab.folder / "project"


@pytest.mark.parametrize("seed", range(3))
@every_story
def test_whatever_was_changed_on_the_instance_a_plan_is_empty_after_a_pull(
    story: Story, lab: Lab, seed: int
) -> None:
    first = project_of(story, lab, "none")
    for name in load_project(first, catalogue.schema("project")).environments:
        root = project_of(story, lab, name)
        desired = lab.load(root, name)
        lab.apply(desired)
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        live = changed(rng, desired, lab.live())

        found, edited = pull(root, name, live, Baseline(desired))

        assert [
            one.message for one in edited.findings if not any(why in one.message for why in ELSEWHERE)
        ] == []
        assert {item.verdict for item in found.items} <= {Verdict.TAKEN, Verdict.ADDED, Verdict.REMOVED}
        stuck = {one.address for one in edited.findings}
        assert readable(make_plan(known().kinds, edited.desired, live), stuck) == []
        before = bytes_of(root)
        assert pull(root, name, live, None)[1].edits == ()
        assert bytes_of(root) == before


@every_story
def test_where_only_the_files_have_changed_nothing_is_written(story: Story, lab: Lab) -> None:
    root = project_of(story, lab)
    desired = lab.load(root)
    lab.apply(desired)
    live = lab.live()
    rng = random.Random(1)  # noqa: S311 - repeatable, not secret
    base = changed(rng, desired, live)

    found, edited = pull(root, "local", live, Baseline(desired))

    assert (found.items, edited.edits) == ((), ())
    _, edited = pull(root, "local", base, Baseline(lab.load(root)))
    again = pulled(
        known().kinds,
        known().schemas,
        edited.desired,
        live,
        Baseline(desired),
        make_plan(known().kinds, edited.desired, live),
    )
    assert {item.verdict for item in again.items} <= {Verdict.LEFT, Verdict.ADDED}
