"""`drift` as people call it: against the instance of the simulator, with git, and with rules in reconcile.yml."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from reconcile import catalogue
from reconcile.render.markdown import marker
from reconcile.validate.explain import problems

if TYPE_CHECKING:
    from tests.cli.conftest import Said, Shell

FILES = """\
jwt_templates: {hasura: {lifetime: 60, claims: {role: user, org: x}}}
redirect_urls: {prune: true, urls: [a://x, b://x]}
restrictions: {block_email_subaddresses: true}
"""
HIDES = """\
ignore:
  - {address: "redirect_url/*", reason: a trial, expires: 2099-12-31}
  - address: jwt_template/hasura
    field: claims.role
    reason: comes and goes
    expires: 2020-01-31
"""


def git(shell: Shell, *words: str) -> str:
    author = ["-c", "user.name=a", "-c", "user.email=a@acme.example", "-c", "commit.gpgsign=false"]
    ran = subprocess.run(
        ["git", "-C", str(shell.folder), *author, *words],  # noqa: S607 - the git of this machine
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


def records(state: dict[str, Any], kind: str) -> Any:
    return state["objects"][kind]


def edit(shell: Shell, **claims: object) -> None:
    """Somebody changes claims in the dashboard."""
    state = shell.state()
    for row in records(state, "jwt_templates").values():
        if row["name"] == "hasura":
            row["claims"] = {**row["claims"], **claims}
    shell.tamper(state)


def sides(said: Said) -> dict[str, str]:
    """The side of each field that has drifted, or of the object where it is not on both sides."""
    found: dict[str, str] = {}
    for one in said.document["objects"]:
        if one["found"] != "changed":
            found[one["address"]] = f"{one['found']} {one['side']}"
        for item in one["fields"] if one["found"] == "changed" else ():
            found[".".join([one["address"], *map(str, item["path"])])] = item["side"]
    return found


@pytest.fixture
def agreed(shell: Shell) -> Shell:
    """A project that was applied."""
    shell.project(FILES)
    assert shell("apply -e local --yes").code == 0
    return shell


def test_nothing_has_drifted_after_an_apply(agreed: Shell) -> None:
    said = agreed("drift -e local")

    assert said.code == 0
    assert "No drift. 3 in sync, 1 unmanaged, 1 cannot be read back." in said.out


def test_edits_on_both_sides_of_one_object_are_told_apart(agreed: Shell) -> None:
    edit(agreed, role="admin", org="theirs")
    agreed.write(
        "clerk.yml", FILES.replace("60", "90").replace("org: x", "org: ours").replace("b://x]", "c://x]")
    )

    said = agreed("drift -e local --format json")

    assert said.code == 2
    assert sides(said) == {
        "jwt_template/hasura.claims.org": "both",
        "jwt_template/hasura.claims.role": "instance",
        "jwt_template/hasura.lifetime": "files",
        "redirect_url/b://x": "extra files",
        "redirect_url/c://x": "missing files",
    }
    assert said.document["base"]["known"] == "applied"
    assert list(problems(catalogue.schema("drift"), said.document)) == []
    assert set(said.document["steps"]) == {"instance", "files", "both"}


def test_without_any_state_it_says_that_it_cannot_tell(agreed: Shell) -> None:
    edit(agreed, role="admin")
    (agreed.folder / ".reconcile" / "applied").rename(agreed.folder / ".reconcile" / "lost")

    said = agreed("drift -e local")

    assert said.code == 2
    assert "nobody can tell on which side something was changed" in said.out
    assert "1 on an unknown side" in said.out


def test_a_damaged_state_is_an_error_with_a_remedy(agreed: Shell) -> None:
    (path,) = (agreed.folder / ".reconcile" / "applied").iterdir()
    path.write_text("[]", encoding="utf-8")

    said = agreed("drift -e local")

    assert (said.code, "remove it" in said.err) == (65, True)


def test_it_writes_nothing_to_instance_or_state(agreed: Shell) -> None:
    edit(agreed, role="admin")
    kept = {path: path.read_bytes() for path in agreed.folder.rglob("*") if path.is_file()}

    said = agreed("drift -e local -v")

    assert {path: path.read_bytes() for path in agreed.folder.rglob("*") if path.is_file()} == kept
    assert {line.split()[0] for line in said.err.splitlines()} == {"GET"}


def test_after_a_rollback_the_files_are_what_differs(agreed: Shell) -> None:
    agreed.write("clerk.yml", FILES.replace("60", "90"))
    assert agreed("apply -e local --yes").code == 0
    assert agreed("rollback -e local --yes").code == 0

    assert sides(agreed("drift -e local --format json")) == {"jwt_template/hasura.lifetime": "files"}


def test_a_list_that_was_empty_and_complete_shows_what_somebody_added(shell: Shell) -> None:
    shell.project("redirect_urls: {prune: true, urls: []}\n")
    assert shell("apply -e local --yes").code == 0
    state = shell.state()
    record = {"object": "redirect_url", "id": "ru_1", "url": "theirs://x", "created_at": 0, "updated_at": 0}
    state["objects"]["redirect_urls"] = {"ru_1": record}
    shell.tamper(state)

    assert sides(shell("drift -e local --format json")) == {"redirect_url/theirs://x": "extra instance"}


def test_a_selection_is_looked_at_alone(agreed: Shell) -> None:
    edit(agreed, role="admin")

    assert agreed("drift -e local --target redirect_url/*").code == 0
    assert agreed("drift -e local --exclude redirect_url/*").code == 2
    assert agreed("drift -e local --target nothing/*").code == 64


def test_reports_are_written_beside_and_people_are_masked_where_ci_is_set(
    agreed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(agreed, role="ada@acme.example")
    monkeypatch.setenv("CI", "true")

    said = agreed(
        "drift -e local --format markdown --report json=out/drift.json --report markdown=out/drift.md"
    )

    assert said.out == (agreed.folder / "out" / "drift.md").read_text(encoding="utf-8")
    assert said.out.startswith(marker("drift", "local"))
    assert "a***@acme.example" in said.out
    assert "ada@" not in said.out
    assert "ada@" in agreed("drift -e local --format markdown --show-identifiers").out
    assert json.loads((agreed.folder / "out" / "drift.json").read_text(encoding="utf-8"))["drifted"]


def test_a_line_for_a_log_is_the_one_that_watching_writes(agreed: Shell) -> None:
    said = agreed("drift -e local --format jsonl")

    assert said.out.count("\n") == 1
    assert list(problems(catalogue.schema("watch"), said.document)) == []
    assert (said.document["state"], said.document["next"]) == ("in sync", None)


def test_a_template_that_the_service_does_not_have_cannot_be_compared(shell: Shell) -> None:
    shell.project("email_templates: {no_such_template: {subject: x}}\n")

    said = shell("drift -e local")

    assert (said.code, "no template with this slug" in said.out) == (65, True)


def test_no_secret_of_the_files_is_needed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNING", raising=False)
    shell.project(
        'jwt_templates: {a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}}\n'
    )

    assert shell("drift -e local").code == 2
    assert shell("plan -e local").code == 65


def test_a_secret_that_the_instance_tells_is_taken_out_of_every_form(
    agreed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "a-signing-key-that-is-long")
    edit(agreed, role="a-signing-key-that-is-long")
    agreed.write(
        "clerk.yml",
        FILES.replace(
            "jwt_templates: {",
            "jwt_templates: {b: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:SIGNING}'}, ",
        ),
    )

    told = [
        agreed(f"drift -e local --format {form} --report json=r.json").out
        for form in ("text", "json", "markdown")
    ]

    report = (agreed.folder / "r.json").read_text(encoding="utf-8")
    assert all("a-signing-key" not in one and "[secret SIGNING]" in one for one in (*told, report))


# --- ignore ---


def test_rules_hide_with_their_reason_until_their_day_and_only_from_drift(agreed: Shell) -> None:
    edit(agreed, role="admin")
    agreed.write("clerk.yml", FILES.replace("b://x]", "c://x]"))
    path = agreed.folder / "reconcile.yml"
    path.write_text(path.read_text(encoding="utf-8") + HIDES, encoding="utf-8")

    said = agreed("drift -e local --format json")

    assert sides(said) == {"jwt_template/hasura.claims.role": "instance"}
    assert [(one["address"], one["rule"]["reason"]) for one in said.document["ignored"]] == [
        ("redirect_url/b://x", "a trial"),
        ("redirect_url/c://x", "a trial"),
    ]
    assert [one["field"] for one in said.document["expired"]] == ["claims.role"]
    shown = agreed("drift -e local").out
    assert "a trial (until 2099-12-31, reconcile.yml:6)" in shown
    assert "comes and goes (until 2020-01-31, reconcile.yml:7); take it out, or name another day" in shown
    assert "1 to create, 1 to update, 1 to delete" in agreed("plan -e local").out


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{address: a, reason: b}", "reconcile.yml:6: ignore.0"),
        ("{address: a, reason: ' ', expires: 2027-01-15}", "reconcile.yml:6: ignore.0.reason"),
        (
            "{address: a, reason: b, expires: soon}",
            "ignore.0.expires: 'soon' is not a day; write it as YYYY-MM-DD",
        ),
        (
            "{address: a, reason: b, field: '', expires: 2027-01-15}",
            "'' is not a field; write one, such as claims.role",
        ),
        ("{address: a, reason: b, expires: 2027-02-30}", "2027-02-30 is in no calendar; write a day as"),
        ("{address: a, reason: b, expires: 2027-01-15, until: x}", "until"),
        ("redirect_url/a", "reconcile.yml:6: ignore.0"),
    ],
)
def test_a_rule_that_is_wrong_is_said_with_its_place_and_what_to_do(
    shell: Shell, rule: str, said: str
) -> None:
    shell.project("redirect_urls: []\n")
    path = shell.folder / "reconcile.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"ignore:\n  - {rule}\n", encoding="utf-8")

    ran = shell("validate")

    assert (ran.code, said in ran.err) == (65, True), ran.err


# --- since a revision ---


@pytest.fixture
def repository(shell: Shell) -> Shell:
    """Two commits, of which the first was applied on another machine."""
    git(shell, "init", "-q", "-b", "main")
    shell.write(".gitignore", ".reconcile/\n")
    shell.write("README", "no project yet")
    git(shell, "add", "-A")
    git(shell, "commit", "-qm", "none")
    shell.project(FILES)
    git(shell, "add", "-A")
    git(shell, "commit", "-qm", "one")
    assert shell("apply -e local --yes").code == 0
    (shell.folder / ".reconcile" / "applied").rename(shell.folder / ".reconcile" / "lost")
    shell.write("clerk.yml", FILES.replace("60", "90"))
    git(shell, "commit", "-qam", "two")
    return shell


def test_the_files_of_a_commit_tell_the_sides_apart_as_well(repository: Shell) -> None:
    edit(repository, role="admin")
    index = (repository.folder / ".git" / "index").read_bytes()

    said = repository("drift -e local --since HEAD~1 --format json")

    assert sides(said) == {
        "jwt_template/hasura.claims.role": "instance",
        "jwt_template/hasura.lifetime": "files",
    }
    assert said.document["base"]["revision"] == git(repository, "rev-parse", "HEAD~1")
    assert sides(repository("drift -e local --since main --format json")) == {
        "jwt_template/hasura.claims.role": "instance",
        "jwt_template/hasura.lifetime": "instance",
    }
    assert (repository.folder / ".git" / "index").read_bytes() == index
    assert git(repository, "status", "--porcelain") == ""


def test_a_project_below_the_top_of_its_repository_is_found_there(shell: Shell) -> None:
    git(shell, "init", "-q")
    shell.project("redirect_urls: {prune: true, urls: !lines lists/urls.txt}\n")
    shell.write("lists/urls.txt", "a://x\n")
    for name in ("reconcile.yml", "clerk.yml", "lists"):
        target = shell.folder / "infra" / "clerk" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shell.folder / name).rename(target)
    git(shell, "add", "-A")
    git(shell, "commit", "-qm", "one")
    shell.write("infra/clerk/lists/urls.txt", "a://x\nb://x\n")

    said = shell("drift -C infra/clerk -e local --since HEAD --format json")
    assert said.code == 2, said.err

    assert sides(said) == {"redirect_url/a://x": "missing instance", "redirect_url/b://x": "missing files"}


@pytest.mark.parametrize(
    ("revision", "code", "said"),
    [
        ("no-such-branch", 64, "git knows no such commit"),
        ("", 64, "it is empty; name a commit, a tag or a branch"),
        ("--output=x", 64, "git knows no such commit"),
        ("HEAD:clerk.yml", 64, "git knows no such commit"),
        ("HEAD~2", 64, "there is no reconcile.yml at "),
    ],
)
def test_a_revision_that_does_not_help_says_why(
    repository: Shell, revision: str, code: int, said: str
) -> None:
    ran = repository("drift -e local", f"--since={revision}")

    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_an_environment_or_files_that_were_not_right_then_are_said(repository: Shell) -> None:
    repository.project(FILES, "local: {api_url: embedded}\nnew: {api_url: embedded}")
    assert "has no environment new" in repository("drift -e new --since HEAD").err
    repository.write("clerk.yml", "redirect_urls: {nonsense: 1}\n")
    git(repository, "commit", "-qam", "broken")
    revision = git(repository, "rev-parse", "HEAD")[:12]
    repository.write("clerk.yml", FILES)

    said = repository("drift -e local --since HEAD")

    assert (said.code, f"(at {revision})" in said.err, "clerk.yml:1" in said.err) == (65, True, True), (
        said.err
    )


def test_where_there_is_no_repository_or_no_git_it_says_so(
    agreed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(agreed.folder.parent))
    said = agreed("drift -e local --since HEAD")
    assert (said.code, "not a git repository" in said.err) == (64, True), said.err
    monkeypatch.setenv("PATH", str(agreed.folder))
    said = agreed("drift -e local --since HEAD")
    assert (said.code, "git is needed for this" in said.err) == (64, True), said.err


# --- how much a saved plan tells ---


def test_a_saved_plan_that_is_applied_at_its_commit_is_known_like_any_apply(repository: Shell) -> None:
    assert repository("plan -e local --out saved.plan").code == 0
    git(repository, "status")
    repository.write(".gitignore", ".reconcile/\nsaved.plan\n")
    git(repository, "commit", "-qam", "three")
    assert repository("plan -e local --out saved.plan").code == 0
    assert repository("apply saved.plan").code == 0
    edit(repository, role="admin")
    repository.write("clerk.yml", FILES.replace("60", "90").replace("b://x]", "b://x, c://x]"))

    said = repository("drift -e local --format json")

    assert said.document["base"]["complete"] is True
    assert sides(said) == {
        "jwt_template/hasura.claims.role": "instance",
        "redirect_url/c://x": "missing files",
    }


def test_a_saved_plan_from_files_that_are_in_no_commit_is_known_in_part(shell: Shell) -> None:
    shell.project(FILES)
    assert shell("plan -e local --out saved.plan").code == 0
    assert shell("apply saved.plan").code == 0
    shell.write("clerk.yml", FILES.replace("60", "90").replace("b://x]", "b://x, c://x]"))

    said = shell("drift -e local")

    assert "only a part of what was applied is known here" in said.out
    assert "lifetime: 60 → 90" in said.out
    assert "+ redirect_url/c://x  only in the files" in said.out
