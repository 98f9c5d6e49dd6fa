"""Back to what a run found, proven on the simulator's own state."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.cli.session import Session
from reconcile.simulator import core
from tests.lab import KEYS

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

LOCAL = "local: {api_url: embedded, reads: probe}"
FIRST = """\
email_templates: {magic_link_sign_in: {subject: "Mine"}}
jwt_templates:
  one: {claims: {a: 1}, lifetime: 60}
  signed: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
  old: {claims: {c: true}}
allowlist: {prune: true, identifiers: [ada@a.example, bob@a.example]}
redirect_urls: {prune: true, urls: ["https://a.example/x", "https://a.example/y"]}
organization_settings: {enabled: true, max_allowed_memberships: 5}
restrictions: {block_email_subaddresses: false}
protect: {rules_enabled: false}
"""
SECOND = """\
email_templates: {magic_link_sign_in: {subject: "Yours"}, verification_code: {subject: "{{otp_code}}, new"}}
sms_templates: {verification_code: {delivered_by_clerk: false}}
jwt_templates:
  one: {claims: {a: 2, b: {c: 3}}, lifetime: 90}
  signed: {claims: {}, lifetime: 120, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
  new: {claims: {c: true}, renamed_from: old}
allowlist: {prune: true, identifiers: [ada@a.example, cy@a.example]}
redirect_urls: {prune: true, urls: ["https://a.example/x", "new://z"]}
organization_settings: {enabled: true, max_allowed_memberships: 7}
restrictions: {block_email_subaddresses: true}
protect: {rules_enabled: true}
"""
POLICY = "policy: {delivery_consumer: ours, max_delete: 100%}\n"
STAMPS = frozenset({"id", "created_at", "updated_at"})


@pytest.fixture
def changed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An instance on which two runs have been carried out; `before` is what the second one found."""
    monkeypatch.setenv("SIGNING", "a-signing-key")
    shell.project(FIRST, LOCAL)
    shell.write("reconcile.yml", (shell.folder / "reconcile.yml").read_text() + POLICY)
    assert shell("apply -e local --yes").code == 0
    shell.write("before.json", json.dumps(shell.state()))
    shell.write("clerk.yml", SECOND)
    applied = shell("apply -e local --yes --allow-delete")
    assert applied.code == 0, applied.err
    return shell


def held(state: dict[str, Any]) -> dict[str, Any]:
    """What an instance holds, but for ids and time stamps."""
    objects = {name: records for name, records in state["objects"].items() if name != "settings"}
    plain = {
        name: sorted(
            json.dumps({k: v for k, v in one.items() if k not in STAMPS}, sort_keys=True)
            for one in records.values()
        )
        for name, records in objects.items()
    }
    return {**plain, "settings": state["objects"]["settings"]}


def before(shell: Shell) -> dict[str, Any]:
    return held(json.loads((shell.folder / "before.json").read_text()))


def test_everything_is_as_it_was_and_what_is_not_was_said_beforehand(changed: Shell) -> None:
    assert held(changed.state()) != before(changed)

    said = changed("rollback -e local --yes --allow-delete")

    assert said.code == 0, said.err
    assert held(changed.state()) == before(changed)
    lost = said.err[said.err.index("Cannot be undone:") : said.err.index("✓")].splitlines()
    assert lost == [
        "Cannot be undone:",
        "  allowlist/bob@a.example: comes back with another id",
        "  redirect_url/https://a.example/y: comes back with another id",
    ]
    assert "Where the files still ask for what was rolled back, undo there" in said.err


def test_what_a_run_added_beside_others_goes_without_being_called_all_that_is_left(shell: Shell) -> None:
    shell.project("blocklist: [a@x.example]")
    shell("apply -e local --yes")
    shell.write("clerk.yml", "blocklist: [a@x.example, b@x.example]")
    shell("apply -e local --yes")

    said = shell("rollback -e local --yes")

    assert said.code == 0, said.err
    assert "✓ delete blocklist/b@x.example" in said.err


def test_what_a_guard_wants_to_stay_can_be_left_out_and_the_rest_comes_back(shell: Shell) -> None:
    shell.project(
        "allowlist: [a@x.example]\nredirect_urls: ['a://b', 'c://d']\nrestrictions: {allowlist: true}"
    )
    assert shell("apply -e local --yes").code == 0
    first, *_ = json.loads(shell("runs --format json").out)["runs"]

    refused = shell("rollback -e local --yes --allow-delete")
    assert refused.code == 5
    assert "--exclude GLOB" in refused.err

    said = shell("rollback -e local --yes --allow-delete --exclude allowlist/* --exclude redirect_url/c://d")

    assert said.code == 0, said.err
    assert [one["url"] for one in shell.state()["objects"]["redirect_urls"].values()] == ["c://d"]
    assert len(shell.state()["objects"]["allowlist_identifiers"]) == 1
    rest = shell(f"rollback {first['run']} -e local --yes --allow-delete --target redirect_url/*")
    assert rest.code == 0, rest.err
    assert shell.state()["objects"]["redirect_urls"] == {}


def test_what_the_service_adds_to_a_value_is_not_sent_back(shell: Shell) -> None:
    shell.project(
        "organization_settings: {enabled: true, domains_enabled: true, domains_enrollment_modes: [automatic_invitation]}\n"
        "instance: {allowed_origins: ['capacitor://x']}\n"
    )
    assert shell("apply -e local --yes").code == 0

    said = shell("rollback -e local --yes")

    assert said.code == 0, said.err
    assert shell.state()["objects"]["settings"]["organization_settings"]["domains_enrollment_modes"] == []
    assert "instance: allowed_origins: was empty before, and no call empties it" in said.err


def test_where_the_last_run_cannot_be_read_none_is_taken_for_it(changed: Shell) -> None:
    newest, older = sorted((changed.folder / ".reconcile" / "runs").iterdir(), reverse=True)
    (newest / "journal.jsonl").write_bytes(b"\x00" * 99)
    state = changed.state()

    said = changed("rollback -e local --yes --allow-delete")

    assert said.code == 64
    assert f"the journal of {newest.name} is damaged" in said.err
    assert f"If {older.name} is the one" in said.err
    assert changed.state() == state
    assert f"{newest.name}: its journal is damaged" in changed("runs").err
    assert changed(f"rollback {older.name} -e local --yes --allow-delete").code == 4, (
        "the last one is in the way"
    )


def test_a_selection_that_means_nothing_of_the_run_is_a_mistake(changed: Shell) -> None:
    said = changed("rollback -e local --yes --target redirect_url/no*")

    assert said.code == 64
    assert "--target redirect_url/no* matches nothing; `reconcile runs 2" in said.err


def test_a_rollback_of_a_rollback_is_the_apply_again(changed: Shell) -> None:
    after = held(changed.state())
    assert changed("rollback -e local --yes --allow-delete").code == 0

    assert changed("rollback -e local --yes --allow-delete").code == 0

    assert held(changed.state()) == after
    assert "Nothing to do." in changed("plan -e local").out


def test_an_earlier_run_and_a_state_folder_from_elsewhere(changed: Shell) -> None:
    shutil.copytree(changed.folder / ".reconcile", changed.folder / "kept")
    runs = json.loads(changed("runs --format json --state-dir kept").out)["runs"]
    assert [(one["command"], one["state"], one["environment"]) for one in runs] == [
        ("apply", "complete", "local")
    ] * 2

    said = changed(f"rollback {runs[0]['run']} -e local --yes --allow-delete --state-dir kept --format json")

    assert said.code == 0, said.err
    assert {one["status"] for one in json.loads(said.out)["outcomes"]} == {"done"}


def test_guards_hold_a_rollback_like_any_plan(changed: Shell) -> None:
    path = changed.folder / "reconcile.yml"
    path.write_text(path.read_text().replace("api_url: embedded", "api_url: embedded, protected: true"))
    state = changed.state()

    assert changed("rollback -e local --yes --confirm local").code == 5
    assert changed("rollback -e local --yes --allow-delete").code == 5
    assert changed.state() == state
    assert changed("rollback -e local --confirm local --allow-delete").code == 0


def test_a_snapshot_that_was_changed_is_refused(changed: Shell) -> None:
    run = json.loads(changed("runs --format json").out)["runs"][0]["run"]
    path = changed.folder / ".reconcile" / "runs" / run / "snapshot.json"
    path.write_text(path.read_text().replace("Mine", "Evil"))

    said = changed("rollback -e local --yes --allow-delete")

    assert said.code == 5
    assert "was changed after it was made" in said.err


def test_a_run_of_another_environment_and_no_run_at_all(changed: Shell) -> None:
    path = changed.folder / "reconcile.yml"
    path.write_text(path.read_text().replace("policy:", "  other: {api_url: embedded}\npolicy:"))
    run = json.loads(changed("runs --format json").out)["runs"][0]["run"]

    assert "no run of other is kept" in changed("rollback -e other --yes").err
    assert changed("rollback -e other --yes").code == 64
    assert changed(f"rollback {run} -e other --yes").code == 5


def test_what_cannot_be_read_is_named_and_the_rest_is_brought_back(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "a-signing-key")
    shell.project("restrictions: {block_email_subaddresses: true}\nredirect_urls: ['a://b']\n")
    assert shell("apply -e local --yes").code == 0

    said = shell("rollback -e local --yes --allow-delete")

    assert said.code == 0
    assert (
        "restrictions: nobody could read how it was before; set block_email_subaddresses by hand" in said.err
    )
    assert "- redirect_url/a://b" in said.out


def test_a_secret_that_nobody_can_bring_back_leaves_its_object_out(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "a-signing-key")
    signed = 'jwt_templates: {.prune: true, a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}}\n'
    shell.project(signed)
    assert shell("apply -e local --yes").code == 0
    shell.write("clerk.yml", "jwt_templates: {.prune: true, b: {claims: {}}}\n")
    assert shell("apply -e local --yes --allow-delete").code == 0

    said = shell("rollback -e local --yes --allow-delete")

    assert said.code == 0, said.err
    assert "jwt_template/a: " in said.err[said.err.index("Cannot be undone:") :]
    assert "- jwt_template/b" in said.out


def test_a_run_is_shown_with_its_plan_and_all_that_happened(changed: Shell) -> None:
    listed = changed("runs -e local")
    assert len(listed.out.splitlines()) == 2
    name = listed.out.split()[0]

    shown = changed(f"runs {name}")
    document = json.loads(changed(f"runs {name} --format json").out)

    assert "call 1: " in shown.out
    assert "Plan: " in shown.out
    assert document["plan"]["digest"].startswith("sha256:")
    assert document["journal"][-1]["line"] == "end"
    assert changed("runs nothing").code == 64
    assert changed("runs -e nowhere").out == "No run is kept here.\n"


def test_the_next_run_tells_of_one_that_was_cut_off_and_tells_it_once(changed: Shell) -> None:
    name = changed("runs").out.split()[0]
    path = changed.folder / ".reconcile" / "runs" / name / "journal.jsonl"
    lines = path.read_text().splitlines()
    head = json.dumps({**json.loads(lines[0]), "host": "elsewhere"})
    path.write_text("\n".join([head, next(line for line in lines if '"call"' in line)]) + "\n")

    first, second = changed("apply -e local --yes"), changed("apply -e local --yes")

    assert f"The run {name} was cut off: 0 of " in first.err
    assert "is as that run wanted it" in first.err
    assert "was cut off" not in second.err


def test_where_nothing_can_be_kept_nothing_is_sent(
    shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEYS["production"])
    web = f"web: {{type: production, api_url: '{served}', secret_key: '${{env:KEY}}'}}"
    shell.project("redirect_urls: ['a://b']\ninstance: {hibp: true}", web)

    said = shell(
        "apply -e web --yes --state-dir /proc/nothing"
    )  # where nobody can make a folder, root neither

    assert said.code == 1, said.err
    assert "nothing was sent: what this run does could not be written down (/proc/nothing" in said.err
    assert "--state-dir" in said.err
    assert shell("plan -e web --detailed-exitcode").code == 2


def test_what_somebody_has_changed_since_is_not_undone_unasked(changed: Shell) -> None:
    changed.write("clerk.yml", SECOND.replace("max_allowed_memberships: 7", "max_allowed_memberships: 9"))
    first, *_ = json.loads(changed("runs --format json").out)["runs"]
    assert changed("apply -e local --yes").code == 0
    state = changed.state()

    said = changed(f"rollback {first['run']} -e local --yes --allow-delete")
    assert said.code == 4
    assert "changed since" in said.err
    assert "organization_settings; nothing was sent" in said.err
    assert changed.state() == state

    allowed = changed(f"rollback {first['run']} -e local --yes --allow-delete --allow-stale organization*")
    assert allowed.code == 0, allowed.err
    assert held(changed.state()) == before(changed)


def test_fields_that_the_run_left_alone_stay_as_they_are(shell: Shell) -> None:
    shell.project("organization_settings: {enabled: true}", LOCAL)
    assert shell("apply -e local --yes").code == 0
    shell.write("clerk.yml", "organization_settings: {max_allowed_memberships: 7}")
    assert shell("apply -e local --yes").code == 0
    first = json.loads(shell("runs --format json").out)["runs"][1]["run"]

    said = shell(f"rollback {first} -e local --yes")

    assert "max_allowed_memberships" not in said.out
    settings = shell.state()["objects"]["settings"]["organization_settings"]
    assert (settings["enabled"], settings["max_allowed_memberships"]) == (False, 7)


# --- what a run was to do, and did not come to ---


def cut(shell: Shell, *addresses: str) -> str:
    """Let the last run have been killed while these addresses were being sent, and none after them; its name."""
    name: str = shell("runs").out.split()[0]
    path = shell.folder / ".reconcile" / "runs" / name / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    kept = [
        one
        for one in lines
        if one["line"] == "run" or (one["line"] == "call" and one["address"] in addresses)
    ]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in kept))
    return name


def settings(shell: Shell, group: str) -> dict[str, Any]:
    found: dict[str, Any] = shell.state()["objects"]["settings"][group]
    return found


def test_what_a_run_never_sent_is_left_to_whoever_set_it(changed: Shell) -> None:
    cut(changed, "organization_settings")

    said = changed("rollback -e local --yes --allow-delete")

    assert said.code == 0, said.err
    assert settings(changed, "organization_settings")["max_allowed_memberships"] == 5
    assert settings(changed, "restrictions")["block_email_subaddresses"] is True
    assert "Plan: 0 to create, 1 to update, 0 to delete" in said.out


def test_of_a_run_that_never_sent_anything_there_is_nothing_to_roll_back(changed: Shell) -> None:
    cut(changed)

    said = changed("rollback -e local --yes")

    assert (said.code, "Nothing to do." in said.out) == (0, True)
    assert "0 of " in said.err
    assert "the files still ask" not in said.err


def test_a_rollback_goes_on_where_one_was_cut_off(changed: Shell) -> None:
    first = json.loads(changed("runs --format json").out)["runs"][0]["run"]
    assert changed("rollback -e local --yes --allow-delete").code == 0
    cut(changed, "organization_settings")
    state = changed.state()
    state["objects"]["settings"]["restrictions"]["block_email_subaddresses"] = (
        True  # and it had not come to this
    )
    changed.tamper(state)

    said = changed(f"rollback {first} -e local --yes --allow-delete")

    assert said.code == 0, said.err
    assert held(changed.state()) == before(changed)


def test_of_a_cut_off_run_it_is_looked_up_what_became_of_it_whatever_is_planned_now(changed: Shell) -> None:
    state = changed.state()
    state["objects"]["settings"]["restrictions"]["block_email_subaddresses"] = False
    changed.tamper(state)
    cut(changed, "organization_settings", "restrictions")

    said = changed("apply -e local --yes --target redirect_url/*")

    assert "Nothing to do." in said.out
    assert "organization_settings: was being sent; is as that run wanted it\n" in said.err
    assert "restrictions: was being sent; is not as that run wanted it\n" in said.err


def test_what_became_of_it_is_looked_up_also_where_the_files_speak_of_it_no_more(changed: Shell) -> None:
    cut(changed, "restrictions")
    changed.write("clerk.yml", "redirect_urls: ['https://a.example/x']\n")

    assert "restrictions: was being sent; is as that run wanted it\n" in changed("apply -e local --yes").err


def test_of_a_cut_off_run_whose_plan_is_damaged_nothing_is_claimed(changed: Shell) -> None:
    name = cut(changed, "restrictions")
    (changed.folder / ".reconcile" / "runs" / name / "plan.json").write_text("{")

    assert "restrictions: was being sent; cannot be read back\n" in changed("apply -e local --yes").err


def test_a_machine_without_receipts_takes_nothing_that_cannot_be_read_for_changed(changed: Shell) -> None:
    shutil.rmtree(changed.folder / ".reconcile" / "receipts")

    said = changed("rollback -e local --yes --allow-delete")

    assert said.code == 0, said.err
    assert held(changed.state()) == before(changed)


def test_of_what_somebody_has_deleted_since_everything_comes_back(changed: Shell) -> None:
    state = changed.state()
    tokens = state["objects"]["jwt_templates"]
    (gone,) = (name for name, one in tokens.items() if one["name"] == "one")
    del tokens[gone]
    changed.tamper(state)
    assert changed("rollback -e local --yes --allow-delete").code == 4

    said = changed("rollback -e local --yes --allow-delete --allow-stale jwt_template/one")

    assert said.code == 0, said.err
    assert "jwt_template/one: comes back with another id" in said.err
    assert held(changed.state()) == before(changed)


# --- which run it is ---


def test_the_run_that_was_waited_for_is_the_one_that_is_rolled_back(
    changed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.write("clerk.yml", SECOND.replace("max_allowed_memberships: 7", "max_allowed_memberships: 9"))
    locked = Session.locked

    def after_another(session: Session, *words: Any) -> Any:
        monkeypatch.setattr(Session, "locked", locked)
        assert changed("apply -e local --yes").code == 0
        return locked(session, *words)

    monkeypatch.setattr(Session, "locked", after_another)
    assert changed("rollback -e local --yes").code == 0

    assert settings(changed, "organization_settings")["max_allowed_memberships"] == 7


def test_plan_and_snapshot_have_to_be_of_one_run(changed: Shell) -> None:
    new, old = (one["run"] for one in json.loads(changed("runs --format json").out)["runs"])
    runs, state = changed.folder / ".reconcile" / "runs", changed.state()
    shutil.copy(runs / old / "snapshot.json", runs / new)

    said = changed("rollback -e local --yes --allow-delete")

    assert (said.code, "are of two different runs" in said.err) == (5, True)
    assert changed.state() == state


def test_after_a_rollback_of_a_rollback_nobody_is_told_to_undo_what_the_files_say(changed: Shell) -> None:
    assert "the files still ask" in changed("rollback -e local --yes --allow-delete").err

    assert "the files still ask" not in changed("rollback -e local --yes --allow-delete").err


def test_half_of_a_surrogate_pair_on_the_instance_stops_nothing(
    changed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        core, "_encoded", lambda payload: json.dumps(payload).encode()
    )  # as other services write it
    state = changed.state()
    (one,) = (one for one in state["objects"]["jwt_templates"].values() if one["name"] == "one")
    one["claims"] = {"a": "\ud800"}
    changed.tamper(state)

    for form in ("text", "json", "markdown"):
        assert changed(f"plan -e local --out saved.plan --format {form}").code == 0
    assert changed("snapshot -e local --out live.json").code == 0
    assert changed("apply saved.plan").code == 0
    assert changed("rollback -e local --yes").code == 0

    (one,) = (one for one in changed.state()["objects"]["jwt_templates"].values() if one["name"] == "one")
    assert one["claims"] == {"a": "\ud800"}
    assert changed("runs --format json").code == 0
    assert changed(f"runs {changed('runs').out.split()[0]}").code == 0
