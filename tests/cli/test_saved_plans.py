from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.cli.planfile import read_plan
from reconcile.cli.show_plan import show_text
from reconcile.codec import decode_plan, signed
from reconcile.errors import FilesError, RefusedError
from reconcile.render.terminal import Style
from reconcile.simulator import Store
from reconcile.simulator.embedded import secret_key as key_of
from reconcile.state.keys import Keys
from tests.lab import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Said, Shell

TWO = """\
jwt_templates:
  one: {claims: {a: 1}, lifetime: 60}
redirect_urls:
  prune: true
  urls: ["https://a.example/x", "myapp://b"]
"""
CHANGED = TWO.replace("lifetime: 60", "lifetime: 90").replace("myapp://b", "myapp://c")
EVERYTHING = """\
allowlist: [ada@a.example]
email_templates:
  passkey_added: {subject: New subject}
restrictions: {block_email_subaddresses: true}
jwt_templates:
  one: {claims: {a: 2}, lifetime: 60, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
redirect_urls:
  prune: true
  urls: ["https://a.example/x", "myapp://c"]
"""


def saved(shell: Shell) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((shell.folder / "plan.json").read_text(encoding="utf-8"))
    return document


def save(shell: Shell, document: Any) -> None:
    shell.write("plan.json", json.dumps(document, ensure_ascii=False))


def template(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        row for row in state["objects"]["jwt_templates"].values() if row["name"] == "one"
    )
    return found


def refused(shell: Shell, line: str, code: int) -> Said:
    """Run a line that has to end with this code and leave the instance as it is."""
    before = shell.state()
    said = shell(line)
    assert (said.code, shell.state()) == (code, before), said.err
    return said


@pytest.fixture
def planned(shell: Shell) -> Shell:
    """A project with a plan to change one object, make one and remove one, in plan.json."""
    shell.project(TWO)
    shell("apply -e local --yes")
    shell.project(CHANGED)
    assert shell("plan -e local --out plan.json").code == 0
    return shell


def test_a_saved_plan_is_signed_and_the_same_as_json(planned: Shell) -> None:
    again = planned("plan -e local --format json").document
    assert again == saved(planned)
    assert again["signature"].startswith("hmac-sha256:")


def test_planning_twice_gives_the_same_digest_with_receipts_and_without(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "a-secret-value")
    shell.project(EVERYTHING)
    shell("apply -e local --yes")
    shell.project(EVERYTHING.replace("New subject", "Newer subject"))
    digests = {shell("plan -e local --format json").document["digest"]}
    digests.add(shell("plan -e local --format json").document["digest"])
    digests.add(shell("plan -e local --format json --state-dir .reconcile --all").document["digest"])
    receipts = next((shell.folder / ".reconcile" / "receipts").iterdir())
    receipts.unlink()
    digests.add(shell("plan -e local --format json").document["digest"])
    assert len(digests) == 1


def test_another_layout_of_the_same_file_is_the_same_plan(planned: Shell) -> None:
    turned = dict(reversed(saved(planned).items()))
    planned.write("plan.json", json.dumps(turned, indent=7))
    assert planned("apply plan.json").code == 0


# --- files that are not what we wrote ---


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every member of a document, the inner ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield (*path, name)
        yield from places(item, (*path, name))


def other(value: Any) -> Any:
    """A value of the same type that is another one."""
    match value:
        case bool():
            return not value
        case str():
            return f"{value}x"
        case int() | float():
            return value + 1
        case None:
            return "x"
        case list():
            return [*value, *value[:1]] if value else ["x"]
        case _:
            return {**value, "x": 1}


def tampered(document: dict[str, Any], what: str) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The document with each of its members in turn another one, of another type, or gone."""
    for path in places(document):
        copy = json.loads(json.dumps(document))
        owner = copy
        for part in path[:-1]:
            owner = owner[part]
        if what == "gone":
            del owner[path[-1]]
        else:
            owner[path[-1]] = other(owner[path[-1]]) if what == "other" else [[0]]
        yield path, copy


@pytest.fixture
def everything(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project with a plan that has nearly everything in it that a plan can have, in plan.json."""
    monkeypatch.setenv("SIGNING", "a-secret-value")
    environments = "local: {api_url: embedded}\nlocalx: {api_url: embedded}"
    shell.project(TWO, environments)
    shell("apply -e local --yes")
    shell.project(EVERYTHING, environments)
    assert shell("plan -e local --out plan.json").code == 0
    assert {change["action"] for change in saved(shell)["changes"]} == {
        "assert",
        "create",
        "delete",
        "update",
    }
    return shell


def test_no_member_of_a_plan_file_can_be_changed_without_being_refused(everything: Shell) -> None:
    document, before, codes = saved(everything), everything.state(), []
    for path, copy in tampered(document, "other"):
        save(everything, copy)
        said = everything("apply plan.json --allow-delete --allow-stale *")
        codes.append(said.code)
        assert said.code in {5, 65}, (path, said.err)
        assert said.err.count("\n") <= 3, (path, said.err)
    assert codes.count(5) > 150
    assert codes.count(65) >= 1
    assert everything.state() == before
    save(everything, document)
    assert everything("apply plan.json").code == 0


@pytest.mark.parametrize("what", ["other", "type", "gone"])
def test_no_tampered_file_has_a_signature_that_fits(everything: Shell, what: str) -> None:
    document, path = saved(everything), everything.folder / "plan.json"
    keys = Keys(secret_key(everything))
    read_plan(path).check_signature(keys)
    for place, copy in tampered(document, what):
        save(everything, copy)
        try:
            read_plan(path).check_signature(keys)
        except (FilesError, RefusedError):
            continue
        raise AssertionError(place)


@pytest.mark.parametrize("what", ["other", "type", "gone"])
def test_a_tampered_file_without_its_signature_is_shown_or_refused_and_breaks_nothing(
    everything: Shell, what: str
) -> None:
    kinds, ended = catalogue.load().kinds, set()
    for _, copy in tampered(saved(everything), what):
        save(everything, copy)
        try:
            file = read_plan(everything.folder / "plan.json")
            show_text(file.plan(kinds), file.cost, Style())
            ended.add("shown")
        except (FilesError, RefusedError) as error:
            ended.add(type(error).__name__)
    assert ended == {"shown", "FilesError", "RefusedError"}


@pytest.mark.parametrize(
    ("edit", "code", "reason"),
    [
        (lambda text: text.replace("myapp://c", "myapp://evil"), 5, "it was changed after it was made"),
        (lambda text: text.replace('"action": "create"', '"action": "explode"'), 5, "it was changed"),
        (lambda text: text.replace('"value"', '"valeu"', 1), 5, "it was changed"),
        (lambda text: text.replace('"signature"', '"signatur"'), 5, "has no signature"),
        (lambda text: text.replace("hmac-sha256:", "", 1), 5, "does not fit"),
        (lambda text: text.replace("hmac-sha256:", "é", 1), 5, "does not fit"),
        (lambda text: text.replace('"seconds": ', '"seconds": 1e999, "x": '), 5, "does not fit"),
        (lambda text: text[:200], 65, "cannot be read"),
        (lambda _: "", 65, "cannot be read"),
        (lambda _: "[]", 65, "holds no JSON object"),
        (lambda _: "[" * 100_000, 65, "cannot be read"),
        (lambda _: '{"format_version": "1", "environment": ' + "[" * 900 + "]" * 900 + "}", 65, "cannot be"),
        (lambda _: f'{{"a": {"9" * 5000}}}', 65, "cannot be read"),
        (lambda _: '{"a": "\\ud800"}', 65, "its format is None"),
        (lambda text: text.replace('"seconds": ', '"seconds": NaN, "x": '), 65, "NaN is not JSON"),
        (lambda text: text.replace("{", '{"digest": "sha256:0", ', 1), 65, "a member stands twice"),
        (
            lambda text: text.replace('"format_version": "1"', '"format_version": "9"'),
            65,
            "its format is '9'",
        ),
    ],
)
def test_a_plan_file_that_was_not_left_as_written_is_refused(
    planned: Shell, edit: Callable[[str], str], code: int, reason: str
) -> None:
    planned.write("plan.json", edit((planned.folder / "plan.json").read_text(encoding="utf-8")))
    assert reason in refused(planned, "apply plan.json", code).err


def test_a_file_in_another_encoding_is_no_plan(planned: Shell) -> None:
    path = planned.folder / "plan.json"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    refused(planned, "apply plan.json", 65)


def test_an_edit_with_a_digest_that_fits_is_refused_all_the_same(planned: Shell) -> None:
    document = saved(planned)
    for change in document["changes"]:
        change["origin"] = None  # not covered by the digest, only by the signature
    save(planned, document)
    decode_plan(document)
    assert "does not fit" in refused(planned, "apply plan.json", 5).err


def test_a_plan_that_somebody_else_signed_is_refused(planned: Shell) -> None:
    document = saved(planned)
    del document["signature"]
    save(planned, signed(document, Keys(KEYS["development"]).sign))
    assert "another secret key" in refused(planned, "apply plan.json", 5).err


def test_a_plan_of_another_instance_is_refused(shell: Shell) -> None:
    shell.project(TWO)
    shell("plan -e local --out plan.json")
    (shell.folder / ".reconcile" / "embedded" / "local.json").unlink()
    shell("plan -e local")
    assert "another secret key" in refused(shell, "apply plan.json", 5).err


def test_a_signed_plan_with_kinds_of_another_version_is_refused(planned: Shell) -> None:
    document = saved(planned)
    keys = Keys(secret_key(planned))
    del document["signature"]
    document["changes"][0]["kind"] = "hologram"
    save(planned, signed(document, keys.sign))
    assert "does not know hologram" in refused(planned, "apply plan.json", 65).err


def secret_key(shell: Shell) -> str:
    return key_of(Store.load(shell.folder / ".reconcile" / "embedded" / "local.json"))


def test_a_plan_file_takes_no_selection_and_no_other_environment(shell: Shell) -> None:
    shell.project(TWO, "local: {api_url: embedded}\nother: {api_url: embedded}")
    shell("plan -e local --out plan.json")
    assert shell("apply plan.json --target jwt*").code == 64
    refused(shell, "apply plan.json -e other", 5)
    shell.project(TWO, "other: {api_url: embedded}")
    assert "there is no environment 'local'" in refused(shell, "apply plan.json", 5).err


def test_a_plan_of_an_instance_that_the_key_does_not_open_is_refused(
    shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEYS["production"])
    shell.project(TWO, f"live: {{api_url: '{served}', secret_key: '${{env:KEY}}', type: production}}")
    assert shell("plan -e live --out plan.json").code == 0
    monkeypatch.setenv("KEY", KEYS["production"] + "9")
    said = shell("apply plan.json")
    assert (said.code, "another secret key" in said.err) == (5, True)
    monkeypatch.setenv("KEY", KEYS["production"])
    assert shell("apply plan.json").code == 0


# --- secrets ---

KEYED = (
    "jwt_templates: {one: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, "
    "signing_key: '${env:SIGNING}'}}\n"
)


def test_a_secret_is_in_no_plan_file_and_one_that_changed_since_makes_the_plan_stale(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "first-secret-value")
    shell.project(KEYED)
    shell("plan -e local --out plan.json")
    assert "first-secret-value" not in (shell.folder / "plan.json").read_text(encoding="utf-8")
    monkeypatch.setenv("SIGNING", "second-secret-value")
    assert "SIGNING is not what it was" in refused(shell, "apply plan.json", 4).err
    monkeypatch.setenv("SIGNING", "first-secret-value")
    assert shell("apply plan.json").code == 0


def test_a_secret_of_the_plan_that_is_not_set_is_said_before_any_call(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "first-secret-value")
    shell.project(KEYED)
    shell("plan -e local --out plan.json")
    shell.project(TWO)
    monkeypatch.delenv("SIGNING")
    said = refused(shell, "apply plan.json", 65)
    assert "clerk.yml:1: jwt_template/one" in said.err
    assert "SIGNING is not set" in said.err


def test_a_plan_with_a_secret_can_be_applied_again_where_the_receipts_are(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "first-secret-value")
    shell.project(KEYED)
    shell("plan -e local --out plan.json")
    assert shell("apply plan.json").code == 0
    assert "is already as wanted" in shell("apply plan.json").err
    next((shell.folder / ".reconcile" / "receipts").iterdir()).unlink()
    assert "signing_key cannot be read back" in refused(shell, "apply plan.json", 4).err


# --- an instance that has moved on ---


def test_what_a_saved_plan_wants_and_is_so_already_is_done_and_not_stale(shell: Shell) -> None:
    shell.project(TWO)
    shell("plan -e local --out plan.json")
    shell("apply -e local --yes")
    said = shell("apply plan.json")
    assert said.code == 0
    assert said.err.count("is already as wanted") == 3


def test_an_instance_that_changed_after_the_plan_stops_it_with_both_values(planned: Shell) -> None:
    state = planned.state()
    template(state)["allowed_clock_skew"] = 7
    template(state)["lifetime"] = 75
    planned.tamper(state)
    said = refused(planned, "apply plan.json", 4)
    assert (
        "clerk.yml:2: jwt_template/one: allowed_clock_skew was 5 when this was planned, and is 7" in said.err
    )
    assert "clerk.yml:2: jwt_template/one: lifetime was 60 when this was planned, and is 75" in said.err
    assert "redirect_url" not in said.err


def test_json_of_a_stale_plan_is_one_document_with_the_reasons(planned: Shell) -> None:
    state = planned.state()
    template(state)["lifetime"] = 75
    planned.tamper(state)
    said = refused(planned, "apply plan.json --format json", 4)
    (finding,) = said.document["findings"]
    assert (finding["rule"], finding["address"]) == ("stale", "jwt_template/one")


def test_what_changed_can_be_applied_all_the_same_address_by_address(planned: Shell) -> None:
    state = planned.state()
    template(state)["lifetime"] = 75
    planned.tamper(state)
    refused(planned, "apply plan.json --allow-stale redirect_url/*", 4)
    said = planned("apply plan.json --allow-stale jwt_template/*")
    assert said.code == 0
    assert "lifetime was 60 when this was planned, and is 75; applied all the same" in said.err
    assert template(planned.state())["lifetime"] == 90


def test_allowing_what_is_not_there_is_a_mistake(planned: Shell) -> None:
    refused(planned, "apply plan.json --allow-stale jwt_templates/*", 64)
    refused(planned, "apply -e local --yes --allow-stale jwt_template/*", 64)


def test_the_files_may_move_on_and_the_plan_is_applied_as_it_was_made(planned: Shell) -> None:
    planned.project(TWO.replace("lifetime: 60", "lifetime: 300"))
    assert planned("apply plan.json").code == 0
    assert template(planned.state())["lifetime"] == 90
    planned.project("restrictions: {blocklist: true}\n")
    assert "is already as wanted" in planned("apply plan.json").err


def test_staleness_is_judged_for_kinds_that_the_files_no_longer_declare(planned: Shell) -> None:
    planned.project("restrictions: {blocklist: true}\n")
    state = planned.state()
    template(state)["lifetime"] = 75
    planned.tamper(state)
    refused(planned, "apply plan.json", 4)


def test_entries_that_appeared_since_are_reported_and_left_alone(planned: Shell) -> None:
    rows = planned.state()
    added = next(iter(rows["objects"]["redirect_urls"].values()))
    rows["objects"]["redirect_urls"]["ru_added"] = {**added, "id": "ru_added", "url": "myapp://\u202ed"}
    planned.tamper(rows)
    said = planned("apply plan.json")
    assert said.code == 0
    assert r"redirect_url/myapp://\u202ed appeared since the plan was made; it is left alone" in said.err
    assert said.err.count("appeared since") == 1
    urls = {row["url"] for row in planned.state()["objects"]["redirect_urls"].values()}
    assert urls == {"https://a.example/x", "myapp://c", "myapp://\u202ed"}


def test_what_a_selection_left_out_has_not_appeared(planned: Shell) -> None:
    planned("plan -e local --out plan.json --target jwt_template/one")
    said = planned("apply plan.json")
    assert (said.code, "appeared" in said.err) == (0, False)


# --- the digest that somebody has looked at ---


def test_only_the_expected_plan_is_applied_saved_or_fresh(planned: Shell) -> None:
    digest = saved(planned)["digest"]
    wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    assert (
        f"--expect-digest says {wrong}" in refused(planned, f"apply plan.json --expect-digest {wrong}", 5).err
    )
    refused(planned, f"apply -e local --yes --expect-digest {wrong}", 5)
    assert planned(f"apply -e local --yes --expect-digest {digest}").code == 0


def test_the_digest_is_said_where_a_plan_is_saved_and_where_it_is_shown(planned: Shell) -> None:
    digest = saved(planned)["digest"]
    assert digest in planned("plan -e local --out plan.json").err
    assert digest in planned("show plan.json").err


# --- show ---


def test_show_says_whether_the_signature_fits(planned: Shell) -> None:
    said = planned("show plan.json")
    assert (said.code, "Signed with the secret key of environment local." in said.err) == (0, True)
    document = saved(planned)
    document["findings"].append(
        {"severity": "info", "rule": "r", "message": "all is well", "address": None, "origin": None}
    )
    save(planned, document)
    said = planned("show plan.json")
    assert (said.code, "does not fit" in said.err) == (5, True)
    assert "all is well" in said.out
    del document["signature"]
    save(planned, document)
    assert "has no signature" in planned("show plan.json").err


def test_show_says_why_it_cannot_tell(planned: Shell, tmp_path: Path) -> None:
    planned.write("elsewhere/plan.json", json.dumps(saved(planned)))
    for place in ("-C elsewhere/..  --state-dir elsewhere", "-C /"):
        said = planned(f"show plan.json {place}")
        assert said.code == 0
        assert "Signed; whether the signature fits cannot be told here: " in said.err
    assert not (tmp_path / "elsewhere" / "embedded").exists()


def test_show_with_a_key_that_is_not_set(shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", KEYS["production"])
    shell.project(TWO, f"live: {{api_url: '{served}', secret_key: '${{env:KEY}}', type: production}}")
    shell("plan -e live --out plan.json")
    assert "Signed with the secret key of environment live." in shell("show plan.json").err
    monkeypatch.delenv("KEY")
    assert "the environment variable KEY is not set" in shell("show plan.json").err


def test_show_as_json_is_the_file(planned: Shell) -> None:
    assert planned("show plan.json --format json").document == saved(planned)


def test_a_changed_plan_is_not_shown(planned: Shell) -> None:
    text = (planned.folder / "plan.json").read_text(encoding="utf-8")
    planned.write("plan.json", text.replace("myapp://c", "myapp://evil"))
    said = planned("show plan.json")
    assert (said.code, said.out) == (5, "")
    assert "changed after it was made" in said.err


def test_a_saved_plan_fits_its_schema(planned: Shell) -> None:
    jsonschema.Draft202012Validator(catalogue.schema("plan")).validate(saved(planned))


def huge(path: Path, size: int) -> None:
    """A file that is only said to be that large."""
    path.touch()
    os.truncate(path, size)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.mkdir(), "Is a directory"),
        (os.mkfifo, "it is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is no regular file"),
        (lambda path: huge(path, (256 << 20) + 1), "larger than 256 MiB"),
    ],
    ids=["folder", "pipe", "device", "huge"],
)
def test_what_is_no_plan_file_at_all_is_refused_at_once(
    shell: Shell, make: Callable[[Path], None], reason: str
) -> None:
    shell.project("redirect_urls: []")
    make(shell.folder / "strange.json")

    with pytest.raises(FilesError, match=reason):
        read_plan(shell.folder / "strange.json")


def test_a_plan_file_is_for_its_owner_only_even_where_it_was_not(shell: Shell) -> None:
    shell.project("redirect_urls: ['a://b']")
    shell.write("plan.json", "old")
    (shell.folder / "plan.json").chmod(0o644)

    assert shell("plan -e local --out plan.json").code == 0
    assert stat.S_IMODE((shell.folder / "plan.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, lambda path: path.symlink_to("/dev/null"), lambda path: path.symlink_to("clerk.yml")],
    ids=["pipe", "device", "link"],
)
def test_a_plan_replaces_files_and_nothing_else(shell: Shell, make: Callable[[Path], None]) -> None:
    shell.project("redirect_urls: ['a://b']")
    path = shell.folder / "plan.json"
    make(path)
    before = path.lstat()

    said = shell("plan -e local --out plan.json")

    assert (said.code, "--out plan.json: is a link, a device or a pipe" in said.err) == (64, True)
    assert said.out == ""
    assert path.lstat() == before
    assert (shell.folder / "clerk.yml").read_text("utf-8") == "redirect_urls: ['a://b']"


@pytest.mark.parametrize(
    "words",
    [
        "plan -e local --out clerk.yml/a",
        "promote local other --out clerk.yml/a",
        "snapshot -e local --out clerk.yml/a",
    ],
)
def test_where_no_file_can_be_written_nothing_is_looked_at(shell: Shell, words: str) -> None:
    shell.project("redirect_urls: ['a://b']", "local: {api_url: embedded}\nother: {api_url: embedded}")

    said = shell(words)

    assert (said.code, said.out) == (64, "")
    assert said.err.startswith("error: --out: clerk.yml/a cannot be written (")
    assert not (shell.folder / ".reconcile").exists()
