"""What files and instance agree on after a run, whatever kind of run it was and however it ended."""

from __future__ import annotations

from dataclasses import replace

from reconcile.baseline import APPLIED, after_adoption, after_apply, after_plan, after_rollback
from reconcile.model import (
    ABSENT,
    Action,
    Baseline,
    Change,
    Declared,
    Desired,
    FieldChange,
    Instance,
    Origin,
    Outcome,
    Plan,
    Section,
    Source,
    Status,
    Tagged,
    Unverified,
    Value,
)
from reconcile.rollback import Undo
from tests.lab import known

KINDS = known().kinds
HERE = Instance("ins_1", "development")
FILE = Origin("resources.yml", 3)


def wishes(kind: str, *declared: Declared) -> Desired:
    return Desired({kind: Section(FILE, {one.key: one for one in declared}, prune=True)})


def token(key: str, lifetime: int, **words: Tagged) -> Declared:
    return Declared(key, FILE, {"lifetime": Value(lifetime), **words})


def base(*declared: Declared, kind: str = "jwt_template") -> Baseline:
    return Baseline(wishes(kind, *declared), "2026-01-01T00:00:00Z", "c0ffee")


def change(
    key: str, action: Action, *fields: FieldChange, kind: str = "jwt_template", **body: Tagged
) -> Change:
    return Change(KINDS[kind].address(key), kind, key, action, fields=fields, body=body)


def plan(*changes: Change, in_sync: tuple[str, ...] = (), complete: bool = True) -> Plan:
    return Plan("e", HERE, changes, in_sync=in_sync, complete=complete, source=Source("deadbeef", dirty=True))


def ended(one: Change, status: Status = Status.DONE) -> Outcome:
    return Outcome(one.address, one.action, status)


def lifetimes(baseline: Baseline, kind: str = "jwt_template") -> dict[str, object]:
    section = baseline.desired.sections.get(kind)
    rows = section.objects if section else {}
    return {key: getattr(one.fields.get("lifetime"), "value", None) for key, one in rows.items()}


def test_what_is_in_sync_or_done_is_agreed_on() -> None:
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(1), Value(2)))
    wanted = wishes("jwt_template", token("a", 1), token("b", 2))

    after = after_apply(
        None, KINDS, wanted, plan(update, in_sync=("jwt_template/a",)), [ended(update)], "now"
    )

    assert lifetimes(after) == {"a": 1, "b": 2}
    assert (after.at, after.revision, after.dirty) == ("now", "deadbeef", True)
    assert after.desired.sections["jwt_template"].objects["a"].origin == APPLIED


def test_what_cannot_be_read_back_and_is_not_sent_again_is_agreed_on_too_unless_something_else_did_not_take() -> (
    None
):
    known_ = tuple(
        Unverified(f"jwt_template/{key}", ("signing_key",), Value("x"), "then") for key in ("a", "b")
    )
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(1), Value(2)))
    found = replace(plan(update), unverified=known_)
    failed = [ended(update, Status.FAILED)]
    wanted = wishes("jwt_template", token("a", 1), token("b", 2))

    assert lifetimes(after_apply(None, KINDS, wanted, found, failed, "now")) == {"a": 1}
    undo = undoing(token("a", 1), token("b", 2))
    assert lifetimes(after_rollback(None, KINDS, undo, found, failed, "now")) == {"a": 1}


def test_of_what_did_not_take_the_base_stays_as_it_was_and_so_does_the_commit() -> None:
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(1), Value(2)))
    create = change("c", Action.CREATE, FieldChange(("lifetime",), ABSENT, Value(3)))
    wanted = wishes("jwt_template", token("b", 2), token("c", 3))
    outcomes = [ended(update, Status.UNCONFIRMED), ended(create, Status.FAILED)]

    after = after_apply(base(token("b", 1)), KINDS, wanted, plan(update, create), outcomes, "now")

    assert lifetimes(after) == {"b": 1}
    assert (after.at, after.revision) == ("now", "c0ffee")


def test_a_plan_of_everything_forgets_what_is_declared_no_more() -> None:
    other = base(Declared("a@b.example", FILE), kind="allowlist")
    both = Baseline(Desired({**base(token("old", 1)).desired.sections, **other.desired.sections}))

    after = after_apply(both, KINDS, wishes("jwt_template"), plan(), [], "now")

    assert after.desired == Desired({"jwt_template": Section(APPLIED, prune=True)})


def test_a_selection_leaves_the_rest_as_it_was() -> None:
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(1), Value(2)))
    gone = change("gone", Action.DELETE)
    other = base(Declared("a@b.example", FILE), kind="allowlist")
    before = Baseline(
        Desired(
            {
                **base(token("b", 1), token("gone", 7), token("else", 8)).desired.sections,
                **other.desired.sections,
            }
        ),
        revision="c0ffee",
    )
    chosen = plan(update, gone, complete=False)

    after = after_apply(
        before, KINDS, wishes("jwt_template", token("b", 2)), chosen, [ended(update), ended(gone)], "now"
    )

    assert lifetimes(after) == {"b": 2, "else": 8}
    assert "allowlist" in after.desired.sections
    assert after.revision == "c0ffee"


def test_of_a_saved_plan_the_fields_it_touched_are_agreed_on() -> None:
    update = change(
        "b",
        Action.UPDATE,
        FieldChange(("lifetime",), Value(1), Value(2)),
        FieldChange(("claims", "role"), Value("user"), Value("admin")),
        FieldChange(("allowed_clock_skew",), Value(5), ABSENT),
        claims=Value({"role": "admin", "a": 1}),
    )
    before = base(token("b", 1, allowed_clock_skew=Value(5), signing_algorithm=Value("RS256")), token("c", 3))

    after = after_plan(before, KINDS, plan(update), [ended(update)], "now")

    assert after.desired.sections["jwt_template"].objects["b"].fields == {
        "lifetime": Value(2),
        "claims": Value({"role": "admin", "a": 1}),
        "signing_algorithm": Value("RS256"),
    }
    assert lifetimes(after)["c"] == 3
    assert after.revision == "deadbeef"


def test_of_a_saved_plan_what_was_created_deleted_and_renamed_is_agreed_on() -> None:
    create = change(
        "new",
        Action.CREATE,
        FieldChange(("name",), ABSENT, Value("new")),
        FieldChange(("lifetime",), ABSENT, Value(9)),
    )
    delete = change("gone", Action.DELETE, FieldChange(("lifetime",), Value(1), ABSENT))
    rename = change("now", Action.UPDATE, FieldChange(("name",), Value("was"), Value("now")))
    failed = change("no", Action.CREATE, FieldChange(("lifetime",), ABSENT, Value(1)))
    before = base(token("gone", 1), token("was", 4))
    outcomes = [ended(create), ended(delete), ended(rename), ended(failed, Status.FAILED)]

    after = after_plan(before, KINDS, plan(create, delete, rename, failed), outcomes, "now")

    assert lifetimes(after) == {"new": 9, "now": 4}


def test_a_template_that_was_reverted_is_agreed_to_be_the_default() -> None:
    revert = change("invitation", Action.REVERT, kind="email_template")

    after = after_plan(None, KINDS, plan(revert), [ended(revert)], "now")

    assert after.desired.sections["email_template"].objects["invitation"].default


def undoing(*declared: Declared, kind: str = "jwt_template", gone: tuple[str, ...] = ()) -> Undo:
    wished = wishes(kind, *declared)
    addresses = {KINDS[kind].address(one.key) for one in declared} | {*gone}
    return Undo(wished, frozenset(addresses), frozenset(gone), ())


def test_after_a_rollback_the_instance_is_at_no_commit() -> None:
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(2), Value(1)))

    after = after_rollback(
        base(token("b", 2)), KINDS, undoing(token("b", 1)), plan(update), [ended(update)], "now"
    )

    assert lifetimes(after) == {"b": 1}
    assert (after.revision, after.dirty) == ("", False)


# --- how much a base knows ---


def test_a_plan_of_everything_knows_everything_and_which_lists_were_complete() -> None:
    after = after_apply(None, KINDS, wishes("jwt_template", token("a", 1)), plan(), [], "now")

    assert after.complete
    assert after.desired.sections["jwt_template"].prune


def test_a_selection_or_a_saved_plan_knows_no_more_than_was_known() -> None:
    wanted = wishes("jwt_template", token("a", 1))
    create = change("a", Action.CREATE, FieldChange(("lifetime",), ABSENT, Value(1)))
    outcomes = [ended(create)]

    for before, known_before in ((None, False), (base(token("b", 2)), True)):
        selected = after_apply(before, KINDS, wanted, plan(create, complete=False), outcomes, "now")
        saved = after_plan(before, KINDS, plan(create), outcomes, "now")
        assert [one.complete for one in (selected, saved)] == [known_before] * 2
        assert [one.desired.sections["jwt_template"].prune for one in (selected, saved)] == [known_before] * 2


def test_a_list_of_which_something_did_not_go_was_not_complete_and_what_is_still_there_stays_in_the_base() -> (
    None
):
    gone, left = (change(key, Action.DELETE) for key in ("gone", "left"))
    before = base(token("gone", 1), token("left", 2), token("forgotten", 3))
    outcomes = [ended(gone), ended(left, Status.FAILED)]

    after = after_apply(before, KINDS, wishes("jwt_template"), plan(gone, left), outcomes, "now")

    assert lifetimes(after) == {"left": 2}
    assert not after.desired.sections["jwt_template"].prune


def test_what_an_earlier_rollback_had_brought_back_is_agreed_on_once_this_one_has_found_it() -> None:
    back = undoing(
        token("old", 1),
        token("again", 3),
        gone=("jwt_template/new", "jwt_template/added", "jwt_template/left"),
    )
    left = change("left", Action.DELETE)
    before = base(token("new", 2, skew=Value(5)), token("added", 2), token("left", 2), token("other", 2))
    found = plan(left, in_sync=("jwt_template/old", "jwt_template/again"))

    after = after_rollback(before, KINDS, back, found, [ended(left, Status.FAILED)], "now")

    assert lifetimes(after) == {"left": 2, "other": 2, "old": 1, "again": 3}


def test_fields_that_the_run_did_not_touch_stay_agreed_on_and_a_default_has_none() -> None:
    older = base(token("one", 2, skew=Value(5)))
    found = plan(in_sync=("jwt_template/one",))

    (one,) = after_rollback(
        older, KINDS, undoing(token("one", 1)), found, (), "now"
    ).desired.sections.values()
    assert one.objects["one"] == Declared("one", APPLIED, {"lifetime": Value(1), "skew": Value(5)})

    own = Declared("one", FILE, default=True)
    (one,) = after_rollback(older, KINDS, undoing(own), found, (), "now").desired.sections.values()
    assert one.objects["one"] == Declared("one", APPLIED, default=True)


# --- what was taken into the files ---


def test_what_was_adopted_is_agreed_on_beside_what_was_before() -> None:
    agreed = after_adoption(base(token("a", 60)), [("jwt_template", token("b", 90))], "now")

    assert lifetimes(agreed) == {"a": 60, "b": 90}
    assert (agreed.at, agreed.revision) == ("now", "")
    assert agreed.desired.sections["jwt_template"].objects["b"].origin == APPLIED


def test_more_settings_of_one_object_come_to_those_that_are_known() -> None:
    before = base(Declared("", FILE, {"rules_enabled": Value(True)}), kind="protect")
    agreed = after_adoption(
        before, [("protect", Declared("", FILE, {"specter_enabled": Value(False)}))], "now"
    )

    assert agreed.desired.sections["protect"].objects[""].fields == {
        "rules_enabled": Value(True),
        "specter_enabled": Value(False),
    }


def test_where_nothing_was_known_what_was_adopted_is() -> None:
    assert lifetimes(after_adoption(None, [("jwt_template", token("b", 90))], "now")) == {"b": 90}


def test_what_a_rollback_could_not_bring_back_is_not_agreed_on() -> None:
    update = change("b", Action.UPDATE, FieldChange(("lifetime",), Value(2), Value(1)))
    failed = [ended(update, Status.FAILED)]

    after = after_rollback(base(token("b", 2)), KINDS, undoing(token("b", 1)), plan(update), failed, "now")

    assert lifetimes(after) == {"b": 2}
