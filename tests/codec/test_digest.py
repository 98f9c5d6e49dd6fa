from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile.codec import plan_digest
from reconcile.model import (
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Plan,
    Secret,
    Severity,
    Source,
    Unverified,
    Value,
)

SEAL = Secret("KEY", "hmac-sha256:1")
SENT = FieldChange(("allowlist",), UNREADABLE, Value(value=True))
UPDATE = Change(
    "jwt_template/a",
    "jwt_template",
    "a",
    Action.UPDATE,
    id="jtmp_1",
    live_digest="sha256:1",
    origin=Origin("a.yml", 3),
    fields=(FieldChange(("lifetime",), Value(60), Value(90)),),
    body={"name": Value("a"), "lifetime": Value(90), "signing_key": SEAL},
)
ASSERT = Change(
    "restrictions", "restrictions", "", Action.ASSERT, fields=(SENT,), body={"allowlist": SENT.after}
)
VOUCHED = Unverified("restrictions", ("allowlist",), Value(value=True), "2026-01-01T00:00:00Z")
PLAN = Plan("local", Instance("ins_1", "development"), changes=(UPDATE, ASSERT))


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, environment="other"),
        replace(PLAN, findings=(Finding(Severity.WARNING, "r", "m"),)),
        replace(PLAN, in_sync=("a",), unmanaged=("b",)),
        replace(PLAN, source=Source("abc", dirty=True)),
        replace(PLAN, changes=(replace(UPDATE, origin=None), ASSERT)),
        replace(PLAN, changes=(replace(UPDATE, needs=("x",)), ASSERT)),
        replace(PLAN, changes=(replace(UPDATE, body={**UPDATE.body, "lifetime": Value(90.0)}), ASSERT)),
    ],
)
def test_what_does_not_change_the_effect_is_not_in_the_digest(other: Plan) -> None:
    assert plan_digest(other) == plan_digest(PLAN)


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, instance=Instance("ins_2", "development")),
        replace(PLAN, instance=Instance("ins_1", "production")),
        replace(PLAN, changes=(ASSERT,)),
        replace(PLAN, changes=(UPDATE,)),
        replace(PLAN, changes=(replace(UPDATE, action=Action.REPLACE), ASSERT)),
        replace(PLAN, changes=(replace(UPDATE, id="jtmp_2"), ASSERT)),
        replace(PLAN, changes=(replace(UPDATE, live_digest="sha256:2"), ASSERT)),
        replace(PLAN, changes=(replace(UPDATE, body={"name": Value("a")}), ASSERT)),
        replace(
            PLAN, changes=(replace(UPDATE, body={**UPDATE.body, "signing_key": Secret("OTHER")}), ASSERT)
        ),
        replace(PLAN, changes=(UPDATE, replace(ASSERT, body={**ASSERT.body, "carried": Value(1)}))),
        replace(PLAN, changes=(UPDATE,), unverified=(replace(VOUCHED, carried={"carried": Value(1)}),)),
    ],
)
def test_what_changes_the_effect_is(other: Plan) -> None:
    assert plan_digest(other) != plan_digest(PLAN)


def test_a_field_counts_the_same_whether_it_is_to_be_sent_or_was_sent_before() -> None:
    vouched = replace(PLAN, changes=(UPDATE,), unverified=(VOUCHED,))

    assert plan_digest(vouched) == plan_digest(PLAN)


def test_what_goes_along_counts_the_same_whether_it_is_to_be_sent_or_was_sent_before() -> None:
    along = {"name": Value("a")}
    sent = replace(PLAN, changes=(UPDATE, replace(ASSERT, body={**ASSERT.body, **along})))
    vouched = replace(PLAN, changes=(UPDATE,), unverified=(replace(VOUCHED, carried=along),))

    assert plan_digest(vouched) == plan_digest(sent)


@pytest.mark.parametrize("vouched", ["blocklist", "allowlist"])
def test_a_receipt_of_one_of_two_fields_makes_no_other_digest(vouched: str) -> None:
    two = (SENT, FieldChange(("blocklist",), UNREADABLE, Value(value=True)))
    body = {"mode": Value("x"), **{str(item.path[0]): item.after for item in two}}
    all_sent = replace(PLAN, changes=(replace(ASSERT, fields=two, body=body),))
    rest = tuple(item for item in two if item.path != (vouched,))
    half = replace(
        PLAN,
        changes=(replace(ASSERT, fields=rest, body=body),),
        unverified=(replace(VOUCHED, path=(vouched,), carried={"mode": Value("x")}),),
    )

    assert plan_digest(half) == plan_digest(all_sent)


def test_a_receipt_beside_a_change_that_is_read_makes_no_other_digest() -> None:
    key = FieldChange(("signing_key",), UNREADABLE, SEAL)
    sent = replace(PLAN, changes=(replace(UPDATE, fields=(*UPDATE.fields, key)),))
    known = Unverified(UPDATE.address, key.path, SEAL, "2026-01-01T00:00:00Z", {"name": Value("a")})

    assert plan_digest(replace(PLAN, changes=(UPDATE,), unverified=(known,))) == plan_digest(sent)


def test_a_receipt_of_another_value_makes_no_other_digest() -> None:
    differs = replace(ASSERT, action=Action.UPDATE)

    assert plan_digest(replace(PLAN, changes=(UPDATE, differs))) == plan_digest(PLAN)
