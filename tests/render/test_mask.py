from __future__ import annotations

import time

import pytest

from reconcile.codec import plan_digest
from reconcile.model import (
    Action,
    FieldChange,
    Finding,
    Outcome,
    Plan,
    Ref,
    Secret,
    Severity,
    Status,
    Unverified,
    Value,
)
from reconcile.render.mask import Mask, masked
from tests.plan.things import INSTANCE, change

WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
SOLANA = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ada@acme.example", "a***@acme.example"),
        ("allowlist/ada.l+x@mail.acme.example", "allowlist/a***@mail.acme.example"),
        ("*@acme.example", "*@acme.example"),
        ("*@*.acme.example", "*@*.acme.example"),
        ("<ada@acme.example>, (ben@acme.example).", "<a***@acme.example>, (b***@acme.example)."),
        ("josé@acme.example", "j***@acme.example"),
        ("+15555550100", "+15***00"),
        ("call +1 (555) 555-0100 now", "call +1 ***00 now"),
        (f"blocklist/{WALLET}", "blocklist/0x52***E7"),
        (f"blocklist/{SOLANA}", "blocklist/7Ec***tV"),
        (
            "{{user.email}} @media a@b 1+1 @acme/team pkg@1.2.3",
            "{{user.email}} @media a@b 1+1 @acme/team pkg@1.2.3",
        ),
        (
            "0x52 +123 sha256:0123456789abcdef0123456789abcdef",
            "0x52 +123 sha256:0123456789abcdef0123456789abcdef",
        ),
    ],
)
def test_identifiers_are_masked_and_nothing_else(text: str, seen: str) -> None:
    assert Mask().text(text) == seen


def test_two_that_would_look_the_same_can_be_told_apart_and_one_looks_the_same_everywhere() -> None:
    mask = Mask()
    texts = ["ada@acme.example", "amy@acme.example", "x/ada@acme.example", "Is amy@acme.example in?"]
    assert [mask.text(text) for text in texts] == [
        "a***@acme.example",
        "a***(2)@acme.example",
        "x/a***@acme.example",
        "Is a***(2)@acme.example in?",
    ]


def test_a_masked_plan_holds_no_identifier_and_keeps_its_digest() -> None:
    who = "ada@acme.example"
    fields = (
        FieldChange(("claims", who, 0), Value({who: [who, 1, None]}), Value(who)),
        FieldChange(("role",), Secret("KEY"), Ref(f"thing/{who}")),
    )
    plan = Plan(
        "local",
        INSTANCE,
        changes=(
            change(
                who,
                Action.UPDATE,
                fields=fields,
                body={"a": Value(who)},
                live={"a": Value(who)},
                needs=(who,),
            ),
        ),
        unverified=(Unverified(who, (who,), Value(who), "2027-01-15T08:00:00Z", {"a": Value([who])}),),
        in_sync=(who,),
        unmanaged=(who,),
        findings=(Finding(Severity.WARNING, "rule", f"mind {who}", f"thing/{who}"),),
    )

    copy = masked(plan)

    assert who not in repr(copy)
    assert repr(copy).count("a***@acme.example") == repr(plan).count(who)
    assert plan_digest(copy) == plan_digest(plan)
    assert [item.rule for item in copy.findings] == ["rule", "masked"]


def test_where_nothing_is_masked_nothing_is_said() -> None:
    assert masked(Plan("local", INSTANCE, changes=(change(),))).findings == ()


def test_outcomes_are_masked_in_address_and_reason() -> None:
    outcome = Outcome("allowlist/ada@acme.example", Action.CREATE, Status.FAILED, "no ada@acme.example")
    (seen,) = Mask().outcomes([outcome])
    assert (seen.address, seen.reason) == ("allowlist/a***@acme.example", "no a***@acme.example")


@pytest.mark.parametrize(
    "text", ["a" * 500_000, "a@" * 250_000, "a@" + "b." * 250_000, "+1 " * 200_000, "0x" * 200_000]
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.process_time()
    Mask().text(text)
    assert time.process_time() - began < 5
