"""`adopt`: what no file declares comes into the files, and what was declared stays as it was."""

from __future__ import annotations

import io
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from reconcile import catalogue
from reconcile.state.applied import read_applied
from tests.adopt.papers import ACCOUNT, KEY, SECRET
from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Said, Shell

EVERYTHING = """\
jwt_templates:
  hasura: {claims: {aud: "https://x", odd: "$${x} : # {{user.id}}"}, lifetime: 120}
redirect_urls: ["https://app.acme.example/callback", "myapp://callback"]
allowlist: ["*@acme.example", "+15555550100"]
blocklist: [evil@acme.example]
email_templates:
  invitation: {subject: "Hi {{app.name}}", body: "<p>{{action_url}}</p>\\n<p>1</p>\\n<p>2</p>\\n<p>3</p>\\n<p>4</p>\\n<p>5</p>"}
communication: {blocked_country_codes: [ML, ZW]}
restrictions: {blocklist: true}
instance: {allowed_origins: ["capacitor://localhost"]}
"""
PROBED = "local: {api_url: embedded, reads: probe}"
FEW = "# ours\nredirect_urls:\n  - https://app.acme.example/callback  # the app\n"


def live(shell: Shell, resources: str = EVERYTHING, files: str = FEW, environments: str = PROBED) -> None:
    """An instance on which `resources` were applied, and a project whose file says something else."""
    shell.project(resources, environments)
    assert shell("apply -e local --yes").code == 0
    shell.write("clerk.yml", files)


def paper(shell: Shell, document: Any, name: str = "clerk.json") -> None:
    shell.write(name, json.dumps(document, indent=2))


def text(shell: Shell, name: str = "clerk.yml") -> str:
    return (shell.folder / name).read_text(encoding="utf-8")


def whole(said: Said) -> Any:
    """The document, which fits its schema."""
    Draft202012Validator(catalogue.schema("adoption")).validate(said.document)
    return said.document


def addresses(said: Said, part: str = "adopted") -> list[str]:
    return [one["address"] for one in whole(said)[part]]


# --- from an instance ---


def test_after_adopting_everything_there_is_nothing_to_plan(shell: Shell) -> None:
    live(shell)
    said = shell("adopt -e local *")

    assert said.code == 0
    assert "+ jwt_template/hasura\n    claims: " in said.out
    assert "+ email_template/invitation\n" in said.out
    plan = shell("plan -e local --detailed-exitcode")
    assert (plan.code, "unmanaged" in plan.out) == (0, False)
    assert text(shell).startswith(FEW.rstrip("\n"))
    again = shell("adopt -e local *")
    assert (again.code, "Nothing to adopt" in again.out) == (0, True)


def test_only_what_is_asked_for_is_adopted(shell: Shell) -> None:
    live(shell)
    said = shell("adopt -e local redirect_url/* jwt_template/hasura --format json")

    assert addresses(said) == ["jwt_template/hasura", "redirect_url/myapp://callback"]
    assert whole(said)["from"]["environment"] == "local"
    assert text(shell).startswith(FEW + "  - myapp://callback\n")
    assert "allowlist" not in text(shell)
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_only_kinds_that_a_glob_can_mean_are_read(shell: Shell) -> None:
    live(shell)
    said = shell("adopt -e local redirect_url/my* -v")

    paths = {line.split()[1] for line in said.err.splitlines() if line.startswith("GET")}
    assert paths
    assert not [path for path in paths if "jwt_templates" in path or "templates/" in path]


def test_the_configuration_of_a_company_is_adopted_and_planned_as_in_sync(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_JWT_SECRET", "a key that is never printed")
    shutil.copytree(
        ROOT / "examples" / "acme", shell.folder / "acme", ignore=shutil.ignore_patterns(".reconcile")
    )
    assert shell("apply -C acme -e local --yes").code == 0
    shell.write(
        "fresh/reconcile.yml", f"version: 1\nresources: ['clerk/**/*.yml']\nenvironments: {{{PROBED}}}\n"
    )
    shell.write("fresh/clerk/none.yml", "")
    said = shell("adopt -C fresh -e local * --state-dir acme/.reconcile")

    assert (said.code, "Not written" in said.out, "warning" in said.out) == (0, False, False)
    plan = shell("plan -C fresh -e local --detailed-exitcode --state-dir acme/.reconcile")
    assert (plan.code, "unmanaged" in plan.out) == (0, False)
    assert (shell.folder / "fresh" / "clerk" / "bodies").is_dir()
    assert "never printed" not in said.out + plan.out


def test_an_empty_project_takes_it_all(shell: Shell) -> None:
    live(shell, files="")

    assert shell("adopt -e local *").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_a_dry_run_shows_the_files_and_writes_none(shell: Shell) -> None:
    live(shell)
    said = shell("adopt -e local redirect_url/* --dry-run")

    assert said.code == 0
    assert "+  - myapp://callback\n" in said.out
    assert "Would adopt 1 object. Files would change: clerk.yml.\n" in said.out
    assert text(shell) == FEW
    document = whole(shell("adopt -e local redirect_url/* --dry-run --format json"))
    assert (document["dry_run"], [one["file"] for one in document["files"]]) == (True, ["clerk.yml"])
    assert text(shell) == FEW


def test_what_would_be_deleted_is_adopted_instead(shell: Shell) -> None:
    live(shell, files="redirect_urls: {prune: true, urls: [https://app.acme.example/callback]}\n")
    assert "redirect_url/myapp://callback" in shell("plan -e local").out

    assert shell("adopt -e local redirect_url/*").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0
    assert "prune: true" in text(shell)


def test_a_secret_that_cannot_be_read_is_a_comment_to_fill_in(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASURA", "a key that is never printed")
    live(
        shell,
        "jwt_templates:\n"
        "  hasura: {claims: {a: 1}, custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:HASURA}'}\n",
    )
    said = shell("adopt -e local jwt_template/hasura")

    assert said.code == 0
    assert '# signing_key: "${env:HASURA_SIGNING_KEY}"' in text(shell)
    assert "jwt_template/hasura.signing_key" in said.out
    assert "never printed" not in said.out + said.err + text(shell)
    assert shell("plan -e local --detailed-exitcode --target jwt_template/hasura").code == 0


@pytest.mark.parametrize("glob", ["redirect_url/nothing*", "nothing", "restrictions/x"])
def test_a_glob_that_means_nothing_is_a_matter_of_usage(shell: Shell, glob: str) -> None:
    live(shell)
    said = shell("adopt -e local redirect_url/*", glob)

    assert said.code == 64
    assert f"error: {glob} matches nothing that is live or declared" in said.err
    assert text(shell) == FEW


def test_what_no_call_reads_is_said(shell: Shell) -> None:
    live(shell, environments="local: {api_url: embedded}")
    said = shell("adopt -e local restrictions")

    assert said.code == 0
    assert "`reads: probe` in its environment" in said.out
    assert text(shell) == FEW


def test_what_another_environment_declares_is_left_to_its_files(shell: Shell) -> None:
    live(shell, environments=f"{PROBED}\nother: {{api_url: embedded}}")
    shell.write("clerk.yml", FEW + "jwt_templates:\n  hasura: {claims: {a: 1}, only: [other]}\n")
    before = text(shell)
    said = shell("adopt -e local jwt_template/hasura")

    assert said.code == 2
    assert "jwt_template/hasura: stands at clerk.yml:5 for other; say there where it holds" in said.out
    assert text(shell) == before


def test_files_and_instance_agree_on_what_was_adopted(shell: Shell) -> None:
    live(shell)
    (kept,) = (shell.folder / ".reconcile" / "applied").iterdir()
    kept.unlink()
    shell("adopt -e local redirect_url/*")

    base = read_applied(shell.folder / ".reconcile", kept.stem)
    assert base is not None
    assert list(base.desired.sections["redirect_url"].objects) == ["myapp://callback"]


def test_nothing_but_get_is_sent(shell: Shell) -> None:
    live(shell, environments="local: {api_url: embedded}")
    before = shell.state()
    shell("adopt -e local *")

    assert shell.state() == before


# --- from the document of the vendor's tool ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_document_is_adopted_in_every_encoding(shell: Shell, encoding: str, end: str) -> None:
    shell.project(FEW)
    content = json.dumps(ACCOUNT, indent=2).replace("\n", end)
    (shell.folder / "clerk.json").write_bytes(content.encode(encoding))
    said = shell("adopt --from clerk.json")

    assert said.code == 0
    assert "hibp: true  (not auth_password.disable_hibp)" in said.out
    assert "instance:\n  hibp: true\n" in text(shell)
    assert shell("validate").code == 0
    assert shell("adopt --from clerk.json").out.splitlines()[-1].startswith("Nothing to adopt: 13 declared")
    assert not (shell.folder / ".reconcile").exists()


def test_both_documents_together_say_where_they_differ(shell: Shell) -> None:
    shell.project(FEW)
    paper(shell, ACCOUNT, "account.json")
    paper(shell, KEY, "key.json")
    assert shell("adopt --from account.json").code == 0
    before = text(shell).splitlines()
    said = shell("adopt --from key.json --format json")

    assert said.code == 2
    conflicts = {one["field"]: one for one in whole(said)["conflicts"]}
    assert conflicts.keys() == {"domains_enabled", "slug_disabled", "domains_enrollment_modes"}
    assert conflicts["domains_enabled"]["declared"] == {"value": False}
    assert conflicts["domains_enabled"]["found"] == {"value": True}
    assert [line for line in before if line not in text(shell).splitlines()] == []
    assert "domains_enabled: false" in text(shell)


def test_a_glob_selects_from_a_document_too(shell: Shell) -> None:
    shell.project(FEW)
    paper(shell, ACCOUNT)

    assert addresses(shell("adopt --from clerk.json restrictions --format json")) == ["restrictions"]
    assert "hibp" not in text(shell)
    said = shell("adopt --from clerk.json jwt_template/*")
    assert (said.code, "matches nothing in clerk.json" in said.err) == (64, True)


def test_no_secret_of_a_document_gets_anywhere(shell: Shell) -> None:
    shell.project(FEW)
    paper(shell, {**ACCOUNT, "instance": {"support_email": "sk_live_abcdefgh12345678"}})
    said = [shell(f"adopt --from clerk.json --format {form} --all -vv") for form in ("json", "text")]

    written = "".join(text(shell, path.name) for path in shell.folder.glob("*.yml"))
    told = "".join(one.out + one.err for one in said)
    assert SECRET not in written + told
    assert "abcdefgh12345678" not in written + told
    assert "instance.support_email" in told


def test_a_secret_of_the_project_is_written_into_no_file(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASURA", "correct-horse-battery")
    resources = (
        "jwt_templates:\n"
        "  hasura: {claims: {a: 1}, custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:HASURA}'}\n"
    )
    shell.project(resources)
    paper(shell, {"instance": {"support_email": "correct-horse-battery"}})
    said = shell("adopt --from clerk.json")

    assert (said.code, text(shell)) == (5, resources)
    assert "[secret HASURA] stands in what would be written for instance" in said.err
    assert "correct-horse" not in said.out + said.err


def test_other_environments_that_read_the_same_file_are_named(shell: Shell) -> None:
    shell.project(
        FEW,
        "one: {api_url: embedded}\ntwo: {api_url: embedded, overlays: [over.yml]}",
    )
    shell.write("over.yml", "blocklist: [evil@acme.example]\n")
    shell.write("people.txt", "bad@acme.example\n")
    said = shell("adopt --from people.txt --kind allowlist")

    assert (
        "note: files that changed are read for two as well; plans of these will want what is new" in said.out
    )
    said = shell("adopt -e two --from people.txt --kind blocklist")
    assert (said.code, "are read for" in said.out) == (0, False)
    assert "bad@acme.example" in text(shell, "over.yml")


def test_a_document_comes_from_stdin(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.project(FEW)
    raw = io.BytesIO(json.dumps(KEY).encode("utf-16"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    said = shell("adopt --from - --format json")

    assert (said.code, whole(said)["from"]) == (0, {"file": "standard input", "form": "clerk"})


def test_what_the_rules_of_the_files_refuse_is_not_written(shell: Shell) -> None:
    shell.project(FEW, "local: {api_url: embedded, api_version: '2021-02-05'}")
    paper(shell, {"organization_settings": {"creator_role": "org:admin"}})
    said = shell("adopt --from clerk.json")

    assert (said.code, text(shell)) == (0, FEW)
    assert "files may not say this: " in said.out
    assert "\n    organization_settings\n" in said.out


def test_one_object_that_our_rules_refuse_keeps_no_other_away(shell: Shell) -> None:
    live(shell)
    state = shell.state()
    (template,) = (one for one in state["objects"]["jwt_templates"].values() if one["name"] == "hasura")
    template["claims"] = {"sub": "somebody"}
    shell.tamper(state)
    said = shell("adopt -e local jwt_template/hasura redirect_url/*")

    assert said.code == 0
    assert "files may not say this: claims.sub: is set by the service" in said.out
    assert text(shell) == FEW + "  - myapp://callback\n"


def test_a_project_without_a_resource_file_gets_one(shell: Shell) -> None:
    live(shell)
    (shell.folder / "clerk.yml").unlink()
    shell.write(
        "reconcile.yml",
        "version: 1\nresources: ['clerk/**/*.yml']\nenvironments: {local: {api_url: embedded}}\n",
    )
    assert shell("adopt -e local redirect_url/*").code == 0
    paper(shell, KEY)

    assert shell("adopt --from clerk.json protect").code == 0
    assert text(shell, "clerk/redirect_urls.yml").startswith("redirect_urls:")
    assert text(shell, "clerk/protect.yml").startswith("protect:")


def test_values_of_the_environment_are_compared_as_they_take_effect(shell: Shell) -> None:
    shell.project(
        "instance: {support_email: '${var.help}'}\n",
        "one: {api_url: embedded, vars: {help: a@b.example}}\ntwo: {api_url: embedded, vars: {help: c@d.example}}",
    )
    paper(shell, {"instance": {"support_email": "a@b.example"}})
    said = shell("adopt --from clerk.json")

    assert said.code == 2
    assert 'instance.support_email: "c@d.example" at clerk.yml:1 for two' in said.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "clerk.json:1: this is no JSON"),
        (b"[]", "clerk.json:1: this holds a list"),
        (b'{"a": 1,}', "clerk.json:1: this is no JSON"),
        (b'{"auth_email": {"a": 1, "a": 2}}', 'the member "a" stands twice'),
        (b'{"auth_email": "\x00"}', "clerk.json:1: a control character (U+0000)"),
        (b'{"a": 1}', "clerk.json: none of its keys is known"),
        (b"{}", "clerk.json: none of its keys is known"),
        (b"[" * 5_000_000, "clerk.json: is larger than 4 MiB"),
        (b"[" * 1_000_000, "nested too deep"),
        (b'{"a": "\xff"}', "clerk.json:1: this is not UTF-8"),
    ],
)
def test_what_is_no_document_is_said_and_nothing_is_written(shell: Shell, content: bytes, said: str) -> None:
    shell.project(FEW)
    (shell.folder / "clerk.json").write_bytes(content)
    ran = shell("adopt --from clerk.json")

    assert ran.code == 65
    assert said in ran.err
    assert text(shell) == FEW


# --- from lists and tables ---


def test_a_list_comes_into_its_section(shell: Shell) -> None:
    shell.project("allowlist:\n  identifiers:\n    - ada@acme.example # first\n")
    shell.write("people.txt", "# who\nADA@acme.example\n*@acme.example\n+1 555 555 0100\n*@acme.example\n")
    said = shell("adopt --from people.txt --kind allowlist")

    assert said.code == 0
    assert "note: people.txt:5: allowlist/*@acme.example: stands on line 3 already" in said.out
    assert said.out.endswith("Adopted 2 objects; 1 declared already. Files changed: clerk.yml.\n")
    assert text(shell) == (
        "allowlist:\n  identifiers:\n    - ada@acme.example # first\n"
        '    - "*@acme.example"\n    - "+15555550100"\n'
    )


def test_every_line_that_is_wrong_is_named_and_nothing_is_written(shell: Shell) -> None:
    shell.project(FEW)
    shell.write("people.txt", "ada@acme.example\nacme.example\n\nx\n")
    said = shell("adopt --from people.txt --kind allowlist")

    assert said.code == 65
    assert "people.txt:2: allowlist/acme.example: a bare domain" in said.err
    assert "people.txt:4: allowlist/x: is no identifier" in said.err
    assert text(shell) == FEW


def test_a_table_of_a_spreadsheet_is_read_by_its_column(shell: Shell) -> None:
    shell.project(FEW)
    table = "\ufeffName;URL;Since\r\nApp;myapp://callback;2024\r\nWeb;https://app.acme.example/callback;\r\n"
    shell.write("urls.csv", table)
    said = shell("adopt --from urls.csv --kind redirect_urls --format json")

    assert (said.code, addresses(said)) == (0, ["redirect_url/myapp://callback"])
    assert addresses(said, "same") == ["redirect_url/https://app.acme.example/callback"]
    assert [one["path"] for one in whole(said)["left"]] == [["Name"], ["Since"]]
    assert text(shell) == FEW + "  - myapp://callback\n"


def test_a_column_is_asked_for_by_name(shell: Shell) -> None:
    shell.project(FEW)
    shell.write("people.txt", "name,mail\nAda,ada@acme.example\n")

    assert shell("adopt --from people.txt --kind blocklist --column mail").code == 0
    assert "ada@acme.example" in text(shell)


def test_entries_go_into_the_list_file_that_a_section_names(shell: Shell) -> None:
    shell.project("blocklist: !lines blocked.txt\n")
    shell.write("blocked.txt", "# kept\nevil@acme.example\n")
    shell.write("more.txt", "bad@acme.example\n")

    assert shell("adopt --from more.txt --kind blocklist").code == 0
    assert text(shell, "blocked.txt") == "# kept\nevil@acme.example\nbad@acme.example\n"
    assert text(shell) == "blocklist: !lines blocked.txt\n"


def test_what_cannot_be_written_is_said_and_fails(shell: Shell) -> None:
    shell.project("blocklist: !lines people.txt\nallowlist: !lines people.txt\n")
    shell.write("people.txt", "ada@acme.example\n")
    shell.write("more.txt", "bad@acme.example\n")
    said = shell("adopt --from more.txt --kind blocklist")

    assert said.code == 1
    assert "allowlist/bad@acme.example" not in said.out
    assert "warning:" in said.out
    assert "Nothing to adopt" in said.out
    assert text(shell, "people.txt") == "ada@acme.example\n"


def test_a_long_list_is_adopted_in_one_go(shell: Shell) -> None:
    shell.project("allowlist: [ada@acme.example]\n")
    shell.write("people.txt", "".join(f"a{number}@acme.example\n" for number in range(3000)))
    said = shell("adopt --from people.txt --kind allowlist")

    assert said.code == 0
    assert "… and 2,990 more (--all lists them)" in said.out
    assert text(shell).count("@acme.example") == 3001


# --- the command line ---


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("adopt", "say what to adopt, and from where"),
        ("adopt -e local", "say what to adopt, and from where"),
        ("adopt jwt_template/*", "say what to adopt, and from where"),
        ("adopt -e local * --kind allowlist", "say which with --from FILE"),
        ("adopt --from x.txt", "what is x.txt? Say --kind"),
        ("adopt --from x.txt --kind nothing", "--kind nothing: lists are of these: allowlist, blocklist, redirect_url"),
        ("adopt --from x.txt --kind jwt_template", "lists are of these"),
        ("adopt --from x.txt --as list", "--kind : lists are of these"),
        ("adopt --from x.txt --as list --kind allowlist --column x", "--column is about a table"),
        ("adopt --from x.txt --as clerk --kind allowlist", "leave them out with --as clerk"),
        ("adopt --from x.csv --kind allowlist", "which column of x.csv is it?"),
        ("adopt -e nowhere --from key.json", "nowhere"),
    ],
)  # fmt: skip
def test_words_that_make_no_sense_together_are_refused(shell: Shell, line: str, said: str) -> None:
    shell.project(FEW)
    shell.write("x.txt", "ada@acme.example\n")
    shell.write("x.csv", "a,b\n1,2\n")
    paper(shell, KEY, "key.json")
    ran = shell(line)

    assert (ran.code, said in ran.err) == (64, True), ran.err
    assert text(shell) == FEW


def test_a_file_that_is_none_is_not_waited_for(shell: Shell, tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - this test alone makes a pipe

    shell.project(FEW)
    os.mkfifo(tmp_path / "pipe")
    said = shell("adopt --from pipe --kind allowlist")

    assert (said.code, "pipe it in with --from -" in said.err) == (65, True)
    assert shell("adopt --from nowhere.json").code == 65
