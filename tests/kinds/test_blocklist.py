from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Status

if TYPE_CHECKING:
    from tests.lab import Lab


def test_the_list_comes_whole_and_takes_no_paging_parameters(lab: Lab) -> None:
    for number in range(600):
        lab.api.post("/blocklist_identifiers", {"identifier": f"user{number}@acme.example"})
    before = len(lab.simulator.log)

    live = lab.live("blocklist")

    assert len(live.objects["blocklist"]) == 600
    queries = [query for _, path, query, _ in list(lab.simulator.log)[before:] if "blocklist" in path]
    assert queries == [{}]


def test_patterns_and_phones_are_normalised_as_in_the_allow_list(lab: Lab) -> None:
    desired = lab.want('blocklist: ["*@*.Burner.example", +1 555 555 0199]')

    assert [one.status for one in lab.apply(desired)] == [Status.DONE, Status.DONE]
    assert lab.plan(desired).in_sync == ("blocklist/*@*.burner.example", "blocklist/+15555550199")


def test_entries_come_from_a_file_and_know_their_lines_there(lab: Lab) -> None:
    lines = "# bots\nbot@burner.example\n\nburner.example\n"

    assert lab.problems("blocklist: !lines blocked.txt", {"blocked.txt": lines}) == [
        "blocked.txt:4: blocklist/burner.example: a bare domain is not accepted; write '*@burner.example'"
    ]


def test_nobody_can_be_notified_of_being_blocked(lab: Lab) -> None:
    assert lab.problems("blocklist: [{identifier: a@b.example, notify: true}]") == [
        "resources.yml:1: blocklist/a@b.example: notify: unknown field; known are none"
    ]


def test_an_entry_on_both_lists_is_two_entries(lab: Lab) -> None:
    desired = lab.want("blocklist: [a@b.example]\nallowlist: [a@b.example]")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE, Status.DONE]


def test_the_block_list_is_filled_before_it_is_put_in_force(lab: Lab) -> None:
    desired = lab.want("blocklist: [a@b.example]\nrestrictions: {blocklist: true}")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert [method for method, _ in lab.writes(since=before)] == ["POST", "PATCH"]
