"""What is agreed on after a pull, field by field."""

from __future__ import annotations

from typing import Any

from reconcile.baseline import APPLIED
from reconcile.model import (
    Action,
    Baseline,
    Change,
    Declared,
    Desired,
    FieldChange,
    Instance,
    Origin,
    Plan,
    Section,
    Value,
)
from reconcile.pull import after_pull
from tests.lab import known

FILE = Origin("jwt.yml", 2)


HERE = Instance("i", "development")


def token(key: str, *, default: bool = False, **fields: Any) -> Declared:
    return Declared(key, FILE, {name: Value(value) for name, value in fields.items()}, default=default)


def wanting(*objects: Declared) -> Desired:
    return Desired({"jwt_template": Section(FILE, {one.key: one for one in objects})})


def change(key: str, action: Action, *names: str) -> Change:
    fields = tuple(FieldChange((name,), Value(1), Value(2)) for name in names)
    return Change(f"jwt_template/{key}", "jwt_template", key, action, fields=fields)


def after(base: Desired | None, desired: Desired, *changes: Change) -> dict[str, dict[str, object]]:
    before = Baseline(base, "then", "c0ffee", dirty=True) if base else None
    plan = Plan("e", HERE, changes)
    found = after_pull(before, known().kinds, desired, plan, "now")
    assert (found.at, found.revision) == ("now", "")
    sections = found.desired.sections.values()
    return {
        key: {name: getattr(value, "value", None) for name, value in one.fields.items()}
        for section in sections
        for key, one in section.objects.items()
    }


def test_what_does_not_differ_is_agreed_on() -> None:
    assert after(None, wanting(token("a", lifetime=1))) == {"a": {"lifetime": 1}}
    assert after(wanting(token("a", lifetime=2)), wanting(token("a", lifetime=1))) == {"a": {"lifetime": 1}}


def test_what_is_remembered_knows_no_place() -> None:
    found = after_pull(None, known().kinds, wanting(token("a", lifetime=1)), Plan("e", HERE), "now")

    assert found.desired.sections["jwt_template"].objects["a"].origin == APPLIED


def test_of_a_list_that_is_to_be_complete_it_is_known_whether_it_is() -> None:
    pruned = Desired({"jwt_template": Section(FILE, {}, prune=True)})

    for changes, known_complete in (((), True), ((change("a", Action.DELETE),), False)):
        found = after_pull(None, known().kinds, pruned, Plan("e", HERE, changes), "now")
        assert [one.prune for one in found.desired.sections.values()] == [True] * known_complete
        assert found.complete


def test_of_what_differs_the_base_stays_as_it_was() -> None:
    open_ = change("a", Action.UPDATE, "lifetime")

    assert after(wanting(token("a", lifetime=2, x=1)), wanting(token("a", lifetime=3, x=2)), open_) == {
        "a": {"lifetime": 2, "x": 2}
    }
    assert after(None, wanting(token("a", lifetime=3, x=2)), open_) == {"a": {"x": 2}}


def test_what_is_to_be_created_or_reverted_is_not_agreed_on() -> None:
    for action in (Action.CREATE, Action.REVERT):
        assert after(None, wanting(token("a", lifetime=3)), change("a", action)) == {}
        assert after(wanting(token("a", x=1)), wanting(token("a", x=2)), change("a", action)) == {
            "a": {"x": 1}
        }


def test_what_neither_side_has_any_more_is_forgotten_and_what_waits_to_be_deleted_is_not() -> None:
    both = wanting(token("a", x=1), token("b", x=1))

    assert after(both, wanting(), change("b", Action.DELETE)) == {"b": {"x": 1}}
    assert after(wanting(token("a", x=1)), Desired()) == {}
