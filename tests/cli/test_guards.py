from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

URLS = [f"https://a.example/{number}" for number in range(20)]


def urls(kept: int) -> str:
    return "redirect_urls:\n  prune: true\n  urls:\n" + "".join(f"    - {url}\n" for url in URLS[:kept])


def policy(shell: Shell, text: str) -> None:
    path = shell.folder / "reconcile.yml"
    path.write_text(f"{path.read_text('utf-8')}policy: {text}\n", encoding="utf-8")


@pytest.fixture
def twenty(shell: Shell) -> Shell:
    """An instance with twenty redirect URLs, and files that want twelve of them."""
    shell.project(urls(20))
    assert shell("apply -e local --yes -q").code == 0
    shell.project(urls(12))
    return shell


def left(shell: Shell) -> int:
    return len(shell.state()["objects"]["redirect_urls"])


def test_a_plan_that_deletes_too_much_is_shown_in_full_and_refused(twenty: Shell) -> None:
    said = twenty("plan -e local --detailed-exitcode")

    assert said.code == 5
    assert said.out.count("- redirect_url/") == 8
    assert "refused: clerk.yml:1: redirect_urls: 8 of 20 would be deleted, and max_delete is 30%" in said.out
    assert "say --allow-delete=8 if that is meant" in said.out


def test_a_refusal_is_a_finding_of_the_document_as_well(twenty: Shell) -> None:
    (finding,) = twenty("plan -e local --format json").document["findings"]

    assert (finding["severity"], finding["rule"]) == ("refusal", "max-delete")
    assert finding["origin"] == {"file": "clerk.yml", "line": 1}


def test_apply_refuses_it_and_sends_nothing(twenty: Shell) -> None:
    said = twenty("apply -e local --yes")

    assert (said.code, left(twenty)) == (5, 20)
    assert "Nothing was sent" in said.err


def test_on_a_terminal_the_reason_is_told_once(twenty: Shell) -> None:
    primary, secondary = pty.openpty()
    words = [*COMMAND, "apply", "-e", "local", "--yes"]
    with subprocess.Popen(
        words, cwd=twenty.folder, stdin=secondary, stdout=secondary, stderr=secondary
    ) as one:
        os.close(secondary)
        shown = b""
        with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
            while chunk := os.read(primary, 65536):
                shown += chunk
        code = one.wait(timeout=60)
    os.close(primary)

    assert (code, left(twenty)) == (5, 20)
    assert shown.count(b"--allow-delete=8") == 1
    assert b"Nothing was sent" in shown


@pytest.mark.parametrize("allowed", ["--allow-delete", "--allow-delete=8", "--allow-delete=20"])
def test_deletes_that_are_meant_are_carried_out(twenty: Shell, allowed: str) -> None:
    assert twenty(f"apply -e local --yes {allowed}").code == 0
    assert left(twenty) == 12


def test_fewer_than_there_are_do_not_suffice(twenty: Shell) -> None:
    said = twenty("apply -e local --yes --allow-delete=7")

    assert (said.code, left(twenty)) == (5, 20)
    assert "--allow-delete=7 allows no more than that number" in said.err


@pytest.mark.parametrize(
    "word", ["--allow-delete=", "--allow-delete=-1", "--allow-delete=all", "--allow-delete=1.5"]
)
def test_what_is_no_number_of_deletes_is_a_mistake(twenty: Shell, word: str) -> None:
    said = twenty(f"apply -e local --yes {word}")

    assert (said.code, left(twenty)) == (64, 20)
    assert "write --allow-delete=N" in said.err


def test_a_saved_plan_is_judged_when_it_is_applied(twenty: Shell) -> None:
    said = twenty("plan -e local --out plan.json")
    assert said.code == 5
    assert "for the reasons above" in said.err

    assert twenty("apply plan.json").code == 5
    assert left(twenty) == 20
    assert twenty("apply --allow-delete plan.json").code == 0
    assert left(twenty) == 12


def test_a_saved_plan_is_judged_by_the_instance_of_now(twenty: Shell) -> None:
    twenty("plan -e local --out plan.json")
    state = twenty.state()
    objects = state["objects"]["redirect_urls"]
    gone = [key for key, row in objects.items() if row["url"] in URLS[14:]]
    state["objects"]["redirect_urls"] = {key: row for key, row in objects.items() if key not in gone}
    twenty.tamper(state)

    assert twenty("apply plan.json").code == 0
    assert left(twenty) == 12


def test_files_that_have_moved_on_are_no_way_around(twenty: Shell) -> None:
    twenty("plan -e local --out plan.json")
    twenty.project("restrictions: {blocklist: false}\n")

    assert twenty("apply plan.json").code == 5
    assert left(twenty) == 20


def test_the_policy_of_the_project_counts(twenty: Shell) -> None:
    policy(twenty, "{max_delete: 8}")

    assert twenty("plan -e local").code == 0


def test_protected_addresses_stay_whatever_is_allowed(twenty: Shell) -> None:
    policy(twenty, f"{{protected: ['redirect_url/{URLS[19]}']}}")

    said = twenty("apply -e local --yes --allow-delete")

    assert (said.code, left(twenty)) == (5, 20)
    assert f"redirect_url/{URLS[19]}: would be deleted, and policy.protected holds" in said.err


def test_nothing_goes_from_a_protected_environment_unasked(shell: Shell) -> None:
    environment = "local: {api_url: embedded, protected: true}"
    shell.project(urls(3), environment)
    assert shell("apply -e local --confirm local").code == 0
    shell.project(urls(2), environment)

    assert shell("apply -e local --confirm local").code == 5
    assert left(shell) == 3
    assert shell("apply -e local --confirm local --allow-delete=1").code == 0
    assert left(shell) == 2


@pytest.mark.parametrize(
    "files", ["restrictions: {allowlist: true}", "instance_settings: {restricted_to_allowlist: true}"]
)
def test_a_switch_that_lets_nobody_in_is_refused_though_its_list_is_not_declared(
    shell: Shell, files: str
) -> None:
    shell.project(f"{files}\n")

    said = shell("apply -e local --yes --allow-delete")

    assert said.code == 5
    assert "lets in nobody but those on the allowlist, which is empty after this plan" in said.err
    assert shell.state()["objects"]["settings"]["restrictions"]["allowlist"] is False


def test_entries_that_others_made_keep_the_door_open(shell: Shell) -> None:
    shell.project("allowlist: [ada@acme.example]\n")
    assert shell("apply -e local --yes").code == 0
    shell.project("restrictions: {allowlist: true}\n")

    assert shell("apply -e local --yes").code == 0
    assert shell("plan -e local --target allowlist/*").code == 64


def test_messages_to_people_have_to_be_meant(shell: Shell) -> None:
    shell.project("allowlist: [{identifier: ada@acme.example, notify: true}, bob@acme.example]\n")

    assert "say --allow-notify 1" in shell("plan -e local").out
    assert shell("apply -e local --yes").code == 5
    assert shell("apply -e local --yes --allow-notify 1").code == 0
    assert shell("apply -e local --yes").code == 0


def test_who_delivers_has_to_be_named(shell: Shell) -> None:
    files = "sms_templates: {verification_code: {delivered_by_clerk: false}}\n"
    shell.project(files)
    assert shell("apply -e local --yes").code == 5

    policy(shell, "{delivery_consumer: the text service}")
    assert shell("apply -e local --yes").code == 0


def test_an_instance_that_is_not_meant_is_not_even_probed(shell: Shell) -> None:
    shell.project(urls(2))
    shell("apply -e local --yes")
    shell.project(
        "restrictions: {blocklist: true}\n" + urls(2),
        "local: {api_url: embedded, reads: probe, instance: ins_another}",
    )

    said = shell("plan -e local --format json")

    assert (said.code, said.out) == (5, "")
    assert URLS[0] not in said.err


def test_refusals_of_an_apply_are_one_document(twenty: Shell) -> None:
    said = twenty("apply -e local --yes --format json")

    assert [row["rule"] for row in json.loads(said.out)["findings"]] == ["max-delete"]
