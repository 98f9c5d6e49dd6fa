from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_promote import ENVIRONMENTS, RESOURCES, drifted, edit

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture
def team(shell: Shell) -> Shell:
    """Two environments that are as their files say; the first has an overlay, and a text in a file of its own."""
    shell.write("dev.yml", "redirect_urls: {urls: !append [http://localhost:3000/callback]}\n")
    shell.write("over.yml", "jwt_templates: {hasura: {lifetime: 90}}\n")
    shell.write("mail.html", "<p>{{otp_code}}</p>\n")
    shell.project(
        RESOURCES.replace('"{{otp_code}} for ${var.app}"', "!file mail.html"),
        ENVIRONMENTS.replace("loud: true}}\nstaging", "loud: true}, overlays: [dev.yml]}\nstaging", 1),
    )
    for name in ("development", "staging"):
        assert shell(f"apply -e {name} --yes -q").code == 0
    return shell


def files(shell: Shell) -> dict[str, str]:
    names = ("clerk.yml", "dev.yml", "over.yml", "mail.html", "reconcile.yml")
    return {name: (shell.folder / name).read_text(encoding="utf-8") for name in names}


def test_a_patch_is_a_change_of_the_files_that_git_applies(team: Shell) -> None:
    drifted(team)
    before = files(team)

    said = team("promote development staging --as patch")

    assert said.code == 0
    assert files(team) == before
    assert said.err == "1 file would change; --write changes them.\n"
    assert '-  verification_code: {subject: "{{otp_code}} is your code", body: !file mail.html}' in said.out
    assert '+  verification_code: {subject: "At ${var.app}: {{otp_code}}", body: !file mail.html}' in said.out
    (team.folder / "p.patch").write_text(said.out, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=team.folder, check=True)  # noqa: S607
    subprocess.run(["git", "apply", "p.patch"], cwd=team.folder, check=True)  # noqa: S607
    assert team("plan -e development --detailed-exitcode").code == 0
    assert [one["address"] for one in team("plan -e staging --format json").document["changes"]] == [
        "email_template/verification_code",
        "jwt_template/hasura",
    ]


def test_written_files_say_what_is_live_and_the_other_environment_wants_what_was_promised(
    team: Shell,
) -> None:
    drifted(team)
    promised = team("promote development staging --include-drift --format json").document["changes"]

    shown = team("promote development staging --as patch").out
    said = team("promote development staging --as patch --write")

    assert (said.code, said.out, said.err) == (0, shown, "1 file changed.\n")
    planned = team("promote development staging --format json").document["changes"]
    assert [one["body"] for one in planned] == [one["body"] for one in promised]
    assert team("promote development staging --as patch").err == "No file would change.\n"


def test_what_is_new_comes_into_the_files_that_all_share(team: Shell) -> None:
    state = team.state("development")
    (row,) = (one for one in state["objects"]["redirect_urls"].values() if "dev.acme" in one["url"])
    state["objects"]["redirect_urls"]["ru_new"] = {
        **row,
        "id": "ru_new",
        "url": "https://dev.acme.example/new",
    }
    team.write(".reconcile/embedded/development.json", json.dumps(state))

    assert team("promote development staging --as patch --write").code == 0

    assert '"${var.app}/callback", "${var.app}/new"]' in files(team)["clerk.yml"]
    assert team("plan -e development --detailed-exitcode").code == 0


def test_a_text_in_a_file_of_its_own_changes_there_and_keeps_its_line_ends(team: Shell) -> None:
    (team.folder / "mail.html").write_bytes(b"<p>{{otp_code}}</p>\r\n<p>bye</p>\r\n")
    assert team("apply -e development --yes -q").code == 0
    edit(
        team,
        "development",
        "templates",
        "email/verification_code",
        body="<p>{{otp_code}} \x1b[31m</p>\n<p>bye</p>",
    )

    assert team("promote development staging --as patch --write").code == 0

    assert (team.folder / "mail.html").read_bytes() == b"<p>{{otp_code}} \x1b[31m</p>\r\n<p>bye</p>\r\n"
    assert team("plan -e development --detailed-exitcode").code == 0


def test_a_host_that_no_variable_can_say_is_refused_and_nothing_is_written(team: Shell) -> None:
    body = "<p>{{otp_code}} at https://dev.acme.example</p>"
    edit(team, "development", "templates", "email/verification_code", body=body)
    before = files(team)

    said = team("promote development staging --as patch --write")

    assert (said.code, said.out, files(team)) == (5, "", before)
    assert (
        "refused: clerk.yml:2: email_template/verification_code: body: still holds https://dev.acme.example of "
        "development (variable app); staging has https://staging.acme.example: " in said.err
    )


def test_what_an_overlay_of_either_says_is_named_and_not_written(team: Shell) -> None:
    edit(team, "development", "jwt_templates", "hasura", lifetime=120)
    team.write("over.yml", "jwt_templates: {hasura: {claims: {role: admin}, lifetime: 90}}\n")
    said = team("promote development production --as patch")
    assert (said.code, said.out) == (0, "")
    assert (
        "warning: clerk.yml:4: jwt_template/hasura: lifetime: what is live in development is not brought along"
        in said.err
    )


def test_one_value_of_an_object_is_written_and_another_is_the_overlays(team: Shell) -> None:
    team.write("dev.yml", files(team)["dev.yml"] + "jwt_templates: {hasura: {lifetime: 30}}\n")
    assert team("apply -e development --yes -q").code == 0
    claims = {"role": "admin", "url": "https://dev.acme.example/x"}
    edit(team, "development", "jwt_templates", "hasura", lifetime=120, claims=claims)

    said = team("promote development staging --as patch")

    assert said.code == 0
    assert (
        "lifetime: what is live in development is not brought along, because an overlay of development"
        in said.err
    )
    assert "role: admin" in said.out


def test_what_is_the_services_own_again_is_written_as_such(team: Shell) -> None:
    edit(team, "development", "templates", "email/verification_code", resource_type="system")
    state = team.state("development")
    del state["objects"]["templates"]["email/verification_code"]
    team.write(".reconcile/embedded/development.json", json.dumps(state))

    said = team("promote development staging --as patch --write")

    assert said.code == 0
    assert "verification_code: {state: default}\n" in files(team)["clerk.yml"]
    assert team("plan -e development --detailed-exitcode").code == 0


def test_what_an_overlay_says_as_well_is_left_to_a_person(team: Shell) -> None:
    own = "email_templates: {verification_code: {subject: '{{otp_code}} in development'}}\n"
    team.write("dev.yml", files(team)["dev.yml"] + own)
    assert team("apply -e development --yes -q").code == 0
    edit(team, "development", "templates", "email/verification_code", resource_type="system")
    state = team.state("development")
    del state["objects"]["templates"]["email/verification_code"]
    team.write(".reconcile/embedded/development.json", json.dumps(state))

    said = team("promote development staging --as patch")

    assert (said.code, said.out) == (2, "")
    assert (
        "stands in clerk.yml and dev.yml; write `state: default` in place of its fields by hand" in said.err
    )
    assert said.err.endswith("No file would change.\n")


def test_what_files_may_not_say_is_refused(team: Shell) -> None:
    edit(team, "development", "jwt_templates", "hasura", lifetime=7)
    before = files(team)
    said = team("promote development staging --as patch --write")
    assert (said.code, files(team)) == (5, before)
    assert "jwt_template/hasura: lifetime: 7 is less than 30" in said.err


def test_an_object_that_is_gone_goes_from_the_files(team: Shell) -> None:
    state = team.state("development")
    rows = state["objects"]["jwt_templates"]
    state["objects"]["jwt_templates"] = {key: one for key, one in rows.items() if one["name"] != "hasura"}
    team.write(".reconcile/embedded/development.json", json.dumps(state))

    assert team("promote development staging --as patch --write").code == 0

    assert "hasura" not in files(team)["clerk.yml"]


def test_no_secret_gets_into_the_files(team: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "s3cr3t-of-thirty-two-characters!"
    monkeypatch.setenv("HASURA_KEY", secret)
    drifted(team)
    edit(
        team,
        "development",
        "jwt_templates",
        "hasura",
        claims={"role": secret, "url": "https://dev.acme.example/x"},
    )
    text = files(team)["clerk.yml"].replace(
        "jwt_templates:\n",
        'jwt_templates:\n  other: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:HASURA_KEY}"}\n',
    )
    team.write("clerk.yml", text)

    said = team("promote development staging --as patch --write --target jwt_template/hasura")

    assert (said.code, files(team)["clerk.yml"]) == (5, text)
    assert "[secret HASURA_KEY] would stand in the files; nothing was written" in said.err
    assert secret not in said.out + said.err


@pytest.mark.parametrize(
    "words",
    [
        "--format json",
        "--out p.plan",
        "--report json=x.json",
        "--detailed-exitcode",
        "--rotate jwt_template/hasura",
    ],
)
def test_what_is_about_plans_means_nothing_to_a_patch(team: Shell, words: str) -> None:
    said = team(f"promote development staging --as patch {words}")
    assert said.code == 64
    assert "a patch is a change of the files; leave out" in said.err


def test_a_plan_is_not_written(team: Shell) -> None:
    assert team("promote development staging --write").code == 64


def test_a_patch_needs_no_key_of_the_second_environment(team: Shell) -> None:
    drifted(team)
    text = files(team)["reconcile.yml"].replace(
        "staging: {api_url: embedded,", 'staging: {secret_key: "${env:NOBODY_SET_THIS}",'
    )
    team.write("reconcile.yml", text)
    assert team("promote development staging --as patch").code == 0
