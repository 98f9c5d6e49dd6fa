from __future__ import annotations

from dataclasses import replace

from reconcile.model import Finding, Gate, Memory, Policy, Severity
from reconcile.plan import make_plan
from reconcile.plan.gated import gate_of, gated
from tests.plan.things import HERE, KINDS, THING, change, declared, desired, live

AT = "2027-01-15T08:00:00Z"
GATES = {"thing/a": Gate(("colour", "size"), AT), "thing/z": Gate(("size",), AT), "thing/*": Gate((), AT)}
LISTED = replace(THING, entries="names")


def test_a_change_that_met_a_gate_before_is_warned_of() -> None:
    message = f"needs a paid plan: at {AT} that of the instance did not include colour, size"

    assert list(gated(KINDS, [change("a", origin=HERE), change("b")], GATES)) == [
        Finding(Severity.WARNING, "gated", message, "thing/a", HERE)
    ]


def test_all_entries_of_a_list_are_warned_of_once() -> None:
    (finding,) = gated({"thing": LISTED}, [change("a"), change("b")], GATES)

    assert (finding.address, gate_of(LISTED, change("a"))) == ("thing/*", "thing/*")
    assert finding.message.endswith("did not include this")


def test_where_nothing_is_remembered_nothing_is_said() -> None:
    assert list(gated(KINDS, [change("a")], {})) == []


def test_a_plan_says_it_before_anything_else_and_only_of_what_it_holds() -> None:
    wanted, nothing = desired(declared("a", size=1), declared("b", size=2)), live({})
    memory = Memory(gated=GATES)

    def addresses(policy: Policy) -> list[str]:
        return [
            item.address for item in make_plan(KINDS, wanted, nothing, memory=memory, policy=policy).findings
        ]

    assert addresses(Policy()) == ["thing/a"]
    assert addresses(Policy(selected="thing/b".__eq__)) == []
    assert make_plan(KINDS, wanted, live({"a": {"size": 1}, "b": {}}), memory=memory).findings == ()
