from __future__ import annotations

from dataclasses import replace

from reconcile.model import Change, Field, Finding, Reference
from reconcile.plan import make_plan
from tests.plan.things import KINDS, THING, declared, desired, live

OWNER = Reference(kind="some_owner", path="/owners", key="name", written_as="owner_id")
OWNED = replace(THING, references={"owner": OWNER}, fields={**THING.fields, "owner": Field("owner")})


def planned(*there: str, owner: str = "ada", was: str = "bob") -> tuple[tuple[Change, ...], list[Finding]]:
    """What is planned, and said, where an owner is wanted and these are known to be there."""
    found = live({"a": {"owner": was}})
    known = replace(found, named={"some_owner": frozenset(there)} if there else {})
    plan = make_plan({**KINDS, "thing": OWNED}, desired(declared(owner=owner)), known)
    return plan.changes, list(plan.findings)


def test_what_the_instance_lacks_of_what_is_named_by_key_is_an_error_with_those_that_there_are() -> None:
    _, (found,) = planned("cid", "bob")

    assert (found.rule, str(found)) == (
        "reference",
        (
            "things.yml:1: thing/a: owner: the instance has no some owner ada; it has: bob, cid. Create it there "
            "first, or name another one, in an overlay if other environments have it"
        ),
    )


def test_what_is_there_or_was_not_looked_up_or_does_not_change_is_none() -> None:
    assert planned("ada")[1] == planned()[1] == planned("cid", was="ada")[1] == []
