from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from reconcile.errors import ReconcileError
from reconcile.model import Action, Gate, Match, Status, Value
from reconcile.state.keys import Keys
from reconcile.state.receipts import Ledger, write_private
from tests.unprivileged import unprivileged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lab import Lab

RESTRICTIONS = "restrictions: {blocklist: true, block_email_subaddresses: true}"
KEYED = """
jwt_templates:
  a:
    claims: {}
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:KEY}"
"""


def kept(lab: Lab) -> str:
    return lab.ledger.path.read_text(encoding="utf-8")


def test_a_missing_ledger_is_an_empty_one(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path, "ins_1", Keys("sk_test_1"))

    assert ledger.memory.recall("a", ("b",), Value(1)).match is Match.NONE
    assert ledger.not_ours == frozenset()


def test_what_was_sent_is_remembered_with_its_moment(lab: Lab) -> None:
    lab.apply(lab.want(RESTRICTIONS))
    recall = lab.ledger.memory.recall

    assert recall("restrictions", ("blocklist",), Value(value=True)).match is Match.SAME
    assert recall("restrictions", ("blocklist",), Value(value=True)).at == "2027-01-15T08:00:00Z"
    assert recall("restrictions", ("blocklist",), Value(value=False)).match is Match.OTHER
    assert recall("restrictions", ("allowlist",), Value(value=True)).match is Match.NONE


def test_no_value_and_no_secret_is_in_the_file(lab: Lab) -> None:
    lab.apply(lab.want(KEYED + "instance: {support_email: help@acme.example}"))

    assert lab.secret("KEY") not in kept(lab)
    assert "help@acme.example" not in kept(lab)
    assert lab.keys.secret_key not in kept(lab)


def test_only_its_owner_may_read_it(lab: Lab) -> None:
    lab.apply(lab.want(RESTRICTIONS))

    assert stat.S_IMODE(lab.ledger.path.stat().st_mode) == 0o600
    assert [path.name for path in lab.ledger.path.parent.iterdir()] == [lab.ledger.path.name]


def test_under_another_secret_key_all_receipts_are_absent(lab: Lab) -> None:
    lab.apply(lab.want(RESTRICTIONS))
    rotated = Ledger.open(lab.folder / "state", lab.store.instance["id"], Keys("sk_test_rotated"))

    assert rotated.memory.recall("restrictions", ("blocklist",), Value(value=True)).match is Match.NONE


def test_what_is_not_ours_survives_another_secret_key(lab: Lab) -> None:
    lab.carry_out(lab.plan(lab.want("jwt_templates: {.prune: true}")))
    rotated = Ledger.open(lab.folder / "state", lab.store.instance["id"], Keys("sk_test_rotated"))

    assert len(rotated.not_ours) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "key": "x", "receipts": 1}']
)
def test_a_damaged_ledger_says_what_to_do(lab: Lab, text: str) -> None:
    lab.ledger.path.parent.mkdir(parents=True)
    lab.ledger.path.write_text(text)

    with pytest.raises(ReconcileError, match=r"is damaged or cannot be read .*; remove it"):
        lab.ledger.memory.recall("a", ("b",), Value(1))


@pytest.mark.parametrize(
    "row", [1, {}, {"at": "…Z"}, {"digest": "x", "at": {}}, {"digest": None, "at": "…Z"}]
)
def test_a_receipt_that_is_none_is_damage_and_not_a_surprise_later(lab: Lab, row: object) -> None:
    lab.apply(lab.want(RESTRICTIONS))
    document = json.loads(kept(lab))
    document["receipts"]["restrictions"]["blocklist"] = row
    lab.ledger.path.write_text(json.dumps(document))

    with pytest.raises(ReconcileError, match="it is not as it was written"):
        lab.ledger.memory.recall("a", ("b",), Value(1))


def test_a_folder_that_is_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")

    with pytest.raises(ReconcileError, match="cannot be read \\(Not a directory\\)"):
        Ledger.open(tmp_path / "state", "ins_1", Keys("sk_test_abcdefgh12345678"))


def test_what_is_deleted_is_forgotten(lab: Lab) -> None:
    lab.apply(lab.want(KEYED))
    lab.apply(lab.want("jwt_templates: {.prune: true, session: {}}"))

    assert json.loads(kept(lab))["receipts"] == {}


def test_what_is_created_anew_has_new_receipts_only(lab: Lab) -> None:
    desired = lab.want(KEYED)
    lab.apply(desired)
    for key in list(lab.store.all("jwt_templates")):
        lab.store.remove("jwt_templates", key)
    lab.environ["KEY"] = "another"

    plan = lab.plan(lab.want(KEYED))
    lab.carry_out(plan)

    assert [change.action for change in plan.changes] == [Action.CREATE]
    assert lab.plan(lab.want(KEYED)).changes == ()


def test_a_change_of_one_field_keeps_the_receipts_of_the_others(lab: Lab) -> None:
    lab.apply(lab.want(RESTRICTIONS))
    desired = lab.want(RESTRICTIONS.replace("blocklist: true", "blocklist: false"))

    lab.apply(desired)

    assert lab.plan(desired).changes == ()
    assert len(lab.plan(desired).unverified) == 2


def test_a_revert_leaves_the_ledger_as_it_was(lab: Lab) -> None:
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "s", "body": "b"})

    outcomes = lab.apply(lab.want("email_templates: {passkey_added: {state: default}}"))

    assert [one.status for one in outcomes] == [Status.DONE]
    assert json.loads(kept(lab))["receipts"] == {}


def test_keys_differ_by_purpose_and_are_not_shown() -> None:
    keys = Keys("sk_test_1")

    assert keys.derive("receipt") != keys.derive("secret") != Keys("sk_test_2").derive("secret")
    assert "sk_test_1" not in repr(keys)


def test_a_secret_that_the_service_has_put_into_a_name_is_taken_out(tmp_path: Path) -> None:
    keys = Keys("sk_test_abcdefgh12345678")
    keys.secret("SIGNING", "correct horse")
    gates = {"blocklist/*": Gate(("needs sk_test_abcdefgh12345678", "correct horse"), "2027-01-15T08:00:00Z")}
    ledger = Ledger(tmp_path / "ins_1.json", keys, gated=gates, not_ours=frozenset({"correct horse"}))

    ledger.save()

    text = ledger.path.read_text(encoding="utf-8")
    assert "sk_test_abcdefgh12345678" not in text
    assert "correct horse" not in text
    found = json.loads(text)
    assert found["gated"]["blocklist/*"]["features"] == ["needs [secret key]", "[secret SIGNING]"]
    assert found["not_ours"] == ["[secret SIGNING]"]


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.mkdir(),
        lambda path: path.write_text("[" * 100_000, "utf-8"),
    ],
    ids=["pipe", "device", "folder", "nested"],
)
def test_what_is_no_ledger_at_all_is_an_error_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "receipts").mkdir()
    make(tmp_path / "receipts" / "ins_1.json")
    with pytest.raises(ReconcileError, match=r"ins_1\.json is damaged or cannot be read .*; remove it"):
        Ledger.open(tmp_path, "ins_1", Keys("sk_test_1"))


def test_where_a_file_cannot_be_written_it_is_the_one_that_is_named() -> None:
    with unprivileged() as folder:
        folder.chmod(0o500)
        with pytest.raises(OSError, match="Permission") as caught:
            write_private(folder / "receipts.json", "{}")
        assert caught.value.filename == str(folder / "receipts.json")
