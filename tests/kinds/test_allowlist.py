from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconcile.model import Action, Status, Value
from tests.lab import known

if TYPE_CHECKING:
    from tests.lab import Lab

EVM = "0x52908400098527886E0F7030069857D2E4169EE7"
SOLANA = "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T"


def identifiers(*entries: str, section: str = "allowlist") -> str:
    return f"{section}:\n  identifiers:\n" + "".join(f"    - {entry}\n" for entry in entries)


def stored(lab: Lab) -> list[str]:
    return sorted(one["identifier"] for one in lab.store.all("allowlist_identifiers").values())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ada@Acme.Example", "ada@acme.example"),
        ("  ada@acme.example\t", "ada@acme.example"),
        ("*@ACME.example", "*@acme.example"),
        ("*@*.Acme.example", "*@*.acme.example"),
        ("+1 (555) 555-0100", "+15555550100"),
        ("+1.555.555.0100", "+15555550100"),
        (EVM, EVM.lower()),
        (SOLANA, SOLANA),
        ("ada@x\u00a0", "ada@x\u00a0"),
    ],
)
def test_an_identifier_has_the_form_in_which_the_service_stores_it(written: str, kept: str) -> None:
    normalise = known().kinds["allowlist"].normalise

    assert normalise(written) == kept
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    "entry", ["Ada@Acme.Example", '"*@acme.example"', '"*@*.acme.example"', "+1 (555) 555-0100", EVM, SOLANA]
)
def test_whatever_its_form_an_entry_is_created_once(lab: Lab, entry: str) -> None:
    desired = lab.want(identifiers(entry))

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert lab.plan(desired).changes == ()
    assert len(stored(lab)) == 1


def test_a_phone_number_needs_no_quotes(lab: Lab) -> None:
    lab.apply(lab.want("allowlist: [+15555550100]"))

    assert stored(lab) == ["+15555550100"]


def test_an_entry_that_another_person_wrote_in_capitals_is_the_same(lab: Lab) -> None:
    lab.api.post("/allowlist_identifiers", {"identifier": EVM})

    assert lab.plan(lab.want(identifiers(EVM.lower()))).changes == ()


def test_a_star_inside_of_a_name_gets_a_warning_and_is_sent(lab: Lab) -> None:
    assert lab.problems(identifiers('"john*@acme.example"')) == [
        (
            "resources.yml:3: allowlist/john*@acme.example: the service takes this * literally, so the entry matches "
            "nobody; only *@domain and *@*.domain are patterns"
        )
    ]
    desired = lab.want(identifiers('"john*@acme.example"'))
    assert [item.rule for item in lab.plan(desired).findings] == ["literal-star"]
    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert lab.plan(desired).findings == ()


@pytest.mark.parametrize("written", ["acme.example", '"@acme.example"'])
def test_a_bare_domain_is_refused_with_what_to_write(lab: Lab, written: str) -> None:
    address = written.strip('"')

    assert lab.problems(identifiers(written)) == [
        f"resources.yml:3: allowlist/{address}: a bare domain is not accepted; write '*@acme.example'"
    ]


@pytest.mark.parametrize(
    "written",
    ["ada", "'*'", "'*@acme'", "'@'", "+123", "+0123456789", "0x123", "a b@c.de", "'a@b@c.de'", "ada@x"],
)
def test_what_is_no_identifier_is_refused(lab: Lab, written: str) -> None:
    problems = lab.problems(identifiers(written))

    assert len(problems) == 1
    assert "is no identifier; use an email address, *@domain, *@*.domain, a phone number" in problems[0]


def test_duplicates_are_named_with_both_lines(lab: Lab) -> None:
    assert lab.problems(identifiers("ada@acme.example", "bob@acme.example", "ADA@acme.example")) == [
        "resources.yml:5: allowlist/ada@acme.example: is already declared at resources.yml:3; remove one of them"
    ]


def test_duplicates_across_files_are_named_with_both_files(lab: Lab) -> None:
    text = identifiers("+15555550100", "!lines list.txt")

    assert lab.problems(text, {"list.txt": "# phones\n+1 555 555 0100\n"}) == [
        "list.txt:2: allowlist/+15555550100: is already declared at resources.yml:3; remove one of them"
    ]


def test_a_changed_text_is_one_create_and_one_delete_in_that_order(lab: Lab) -> None:
    lab.apply(lab.want(identifiers("old@acme.example")))

    plan = lab.plan(lab.want(identifiers("new@acme.example") + "  prune: true\n"))

    assert [(change.action, change.key) for change in plan.changes] == [
        (Action.CREATE, "new@acme.example"),
        (Action.DELETE, "old@acme.example"),
    ]
    assert plan.changes[1].needs == ("allowlist/*",)


def test_without_prune_nothing_is_deleted(lab: Lab) -> None:
    lab.apply(lab.want(identifiers("old@acme.example")))

    plan = lab.plan(lab.want("allowlist: {identifiers: []}"))

    assert (plan.changes, plan.unmanaged) == ((), ("allowlist/old@acme.example",))


def test_with_prune_an_empty_list_deletes_everything(lab: Lab) -> None:
    lab.apply(lab.want(identifiers("old@acme.example")))

    lab.apply(lab.want("allowlist: {prune: true, identifiers: []}"))

    assert stored(lab) == []


def test_an_entry_that_appeared_meanwhile_counts_as_there(lab: Lab) -> None:
    plan = lab.plan(lab.want(identifiers("ada@acme.example")))
    lab.api.post("/allowlist_identifiers", {"identifier": "ada@acme.example"})

    outcomes = lab.carry_out(plan)

    assert [(one.status, one.reason) for one in outcomes] == [(Status.DONE, "was there already")]


def test_an_entry_that_went_meanwhile_counts_as_gone(lab: Lab) -> None:
    made = lab.api.post("/allowlist_identifiers", {"identifier": "ada@acme.example"}).json["id"]
    plan = lab.plan(lab.want("allowlist: {prune: true, identifiers: []}"))
    lab.api.delete(f"/allowlist_identifiers/{made}")

    assert [one.reason for one in lab.carry_out(plan)] == ["was gone already"]


def test_nobody_is_notified_unless_it_is_asked_for(lab: Lab) -> None:
    plan = lab.plan(lab.want(identifiers("ada@acme.example")))

    assert plan.changes[0].body == {"identifier": Value("ada@acme.example")}
    lab.carry_out(plan)
    assert lab.store.data["invitations"] == []


def test_who_is_to_be_notified_is_notified_once(lab: Lab) -> None:
    desired = lab.want(identifiers("{identifier: ada@acme.example, notify: true}"))

    lab.apply(desired)
    lab.forget()
    lab.apply(desired)

    assert [one["identifier"] for one in lab.store.data["invitations"]] == ["ada@acme.example"]
    assert (lab.plan(desired).changes, lab.plan(desired).unverified) == ((), ())


def test_the_list_is_filled_before_it_is_put_in_force(lab: Lab) -> None:
    desired = lab.want(identifiers("ada@acme.example") + "restrictions: {allowlist: true}")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert lab.writes(since=before) == [
        ("POST", "/allowlist_identifiers"),
        ("PATCH", "/instance/restrictions"),
    ]


def test_the_list_is_out_of_force_before_it_is_emptied(lab: Lab) -> None:
    lab.apply(lab.want(identifiers("ada@acme.example") + "restrictions: {allowlist: true}"))
    before = len(lab.simulator.log)

    lab.apply(lab.want("allowlist: {prune: true, identifiers: []}\nrestrictions: {allowlist: false}"))

    assert [method for method, _ in lab.writes(since=before)] == ["PATCH", "DELETE"]


def test_where_an_entry_fails_the_list_is_not_put_in_force_and_nothing_is_removed(lab: Lab) -> None:
    lab.apply(lab.want(identifiers("old@acme.example")))
    plan = lab.plan(
        lab.want(identifiers("ada@acme.example") + "  prune: true\nrestrictions: {allowlist: true}")
    )
    refused = replace(plan.changes[0], body={"identifier": Value("no identifier")})

    outcomes = lab.carry_out(replace(plan, changes=(refused, *plan.changes[1:])))

    assert [(one.address, one.status) for one in outcomes] == [
        ("allowlist/ada@acme.example", Status.FAILED),
        ("restrictions", Status.SKIPPED),
        ("allowlist/old@acme.example", Status.SKIPPED),
    ]
    assert stored(lab) == ["old@acme.example"]
