from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconcile import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Said, Shell

RESOURCES = """\
email_templates:
  verification_code: {subject: "{{otp_code}} is your code", body: "{{otp_code}} for ${var.app}"}
jwt_templates:
  hasura: {lifetime: 60, claims: {role: user, url: "${var.app}/x"}}
redirect_urls: {prune: true, urls: ["${var.app}/callback"]}
instance: {hibp: true}
organization_settings: {enabled: true, creator_role: "org:admin"}
"""
ENVIRONMENTS = """\
development: {api_url: embedded, vars: {app: "https://dev.acme.example", loud: true}}
staging: {api_url: embedded, type: production, vars: {app: "https://staging.acme.example", loud: true}}
production: {api_url: embedded, type: production, vars: {app: "https://acme.example", loud: false}, overlays: [over.yml]}"""
OVERLAY = "jwt_templates: {hasura: {lifetime: 90}}\n"


@pytest.fixture
def team(shell: Shell) -> Shell:
    """Three environments that are as their files say."""
    shell.write("over.yml", OVERLAY)
    shell.project(RESOURCES, ENVIRONMENTS)
    for name in ("development", "staging", "production"):
        assert shell(f"apply -e {name} --yes -q").code == 0
    return shell


def edit(shell: Shell, environment: str, kind: str, key: str, **fields: Any) -> None:
    """Change an object of an instance behind our own back; `key` is its name, or where it is kept."""
    state = shell.state(environment)
    rows = state["objects"][kind]
    row = rows.get(key) or next(one for one in rows.values() if one.get("name") == key)
    row.update(fields)
    shell.write(f".reconcile/embedded/{environment}.json", json.dumps(state))


def drifted(shell: Shell) -> None:
    """Edit an email and a token in development, as somebody in the dashboard would."""
    edit(
        shell,
        "development",
        "templates",
        "email/verification_code",
        subject="At https://dev.acme.example: {{otp_code}}",
    )
    edit(
        shell,
        "development",
        "jwt_templates",
        "hasura",
        claims={"role": "admin", "url": "https://dev.acme.example/x"},
    )


def findings(said: Said, rule: str) -> list[tuple[str, str]]:
    return [(item["address"], item["message"]) for item in said.document["findings"] if item["rule"] == rule]


def changed(said: Said) -> dict[str, dict[str, Any]]:
    """What the plan would change, by address and path."""
    return {
        change["address"]: {
            ".".join(map(str, item["path"])): item["after"]["value"] for item in change["fields"]
        }
        for change in said.document["changes"]
    }


def test_where_nothing_was_changed_a_promotion_is_a_plan_of_the_files(team: Shell) -> None:
    wanted = RESOURCES.replace("{role: user", "{role: editor")
    team.project(wanted.replace("{hibp", '{development_origin: "http://localhost:3000", hibp'), ENVIRONMENTS)
    assert team("apply -e development --yes -q").code == 0

    said = team("promote development staging --format json")

    assert said.code == 0
    assert changed(said) == {"jwt_template/hasura": {"claims.role": "editor"}}
    assert said.document["environment"] == "staging"
    assert findings(said, "instance-owned") == [
        (
            "instance",
            "development_origin: belongs to one instance, so it is left alone; an overlay of staging may set it",
        )
    ]


def test_drift_is_refused_and_every_value_of_it_is_named(team: Shell) -> None:
    drifted(team)

    said = team("promote development staging --format json")

    assert said.code == 5
    assert [(address, message.partition(":")[0]) for address, message in findings(said, "drift")] == [
        ("email_template/verification_code", "subject"),
        ("jwt_template/hasura", "claims.role"),
    ]
    assert changed(said) == {}


def test_drift_that_is_meant_is_brought_along_and_nothing_else(team: Shell) -> None:
    drifted(team)

    said = team("promote development staging --include-drift --format json")

    assert said.code == 0
    assert changed(said) == {
        "email_template/verification_code": {"subject": "At https://staging.acme.example: {{otp_code}}"},
        "jwt_template/hasura": {"claims.role": "admin"},
    }
    assert "The files do not say yet what is brought along from development" in said.err
    assert team("promote development staging --include-drift --detailed-exitcode").code == 2


def test_what_was_not_applied_to_the_first_environment_yet_is_no_drift_of_it(team: Shell) -> None:
    drifted(team)
    team.project(RESOURCES.replace("lifetime: 60", "lifetime: 300"), ENVIRONMENTS)

    refused = team("promote development staging --format json")
    assert refused.code == 5
    assert (
        "jwt_template/hasura",
        "lifetime: the files have moved on since they were last applied to development; run `reconcile apply -e development` first",
    ) in findings(refused, "drift")
    meant = team("promote development staging --include-drift --format json")
    assert changed(meant)["jwt_template/hasura"] == {"claims.role": "admin", "lifetime": 300}
    assert [address for address, _ in findings(meant, "kept")] == ["jwt_template/hasura"]
    assert "lifetime" not in team("promote development staging --as patch").out.replace(
        "hasura: {lifetime: 300, claims", ""
    )


def test_what_the_files_declare_since_the_last_apply_is_not_undone_by_drift(team: Shell) -> None:
    team.project(RESOURCES.replace("lifetime: 60", "lifetime: 60, allowed_clock_skew: 10"), ENVIRONMENTS)
    said = team("promote development staging --include-drift --format json")
    assert changed(said) == {"jwt_template/hasura": {"allowed_clock_skew": 10}}
    assert "the files have moved on" in findings(said, "kept")[0][1]


@pytest.mark.parametrize("words", ["--include-drift", "--as patch --write"])
def test_what_was_changed_in_the_files_and_on_the_instance_has_to_be_settled_first(
    team: Shell, words: str
) -> None:
    edit(team, "development", "jwt_templates", "hasura", lifetime=45)
    wanted = RESOURCES.replace("lifetime: 60", "lifetime: 300")
    team.project(wanted, ENVIRONMENTS)
    said = team(f"promote development staging {words}")
    assert said.code == 5
    assert (
        "lifetime: was changed in development, and in the files since they were last applied"
        in said.out + said.err
    )
    assert (team.folder / "clerk.yml").read_text(encoding="utf-8") == wanted


def test_a_saved_promotion_is_applied_as_it_is_and_to_no_other_environment(team: Shell) -> None:
    drifted(team)
    saved = team("promote development staging --include-drift --out promoted.plan")
    digest = saved.err.partition("Digest: ")[2].split()[0]

    assert team(f"apply promoted.plan -e production --expect-digest {digest}").code == 5
    assert team(f"apply promoted.plan --expect-digest sha256:{'0' * 64}").code == 5
    assert team(f"apply promoted.plan --expect-digest {digest}").code == 0
    compared = team("compare development staging --target email_template/* --format json").document
    assert compared["summary"]["unexpected"] == 1  # what was edited in development is in no file yet
    assert team("promote development staging --include-drift --detailed-exitcode").code == 0


def test_a_refused_promotion_can_be_saved_and_not_applied(team: Shell) -> None:
    drifted(team)
    saved = team("promote development staging --out promoted.plan")
    assert saved.code == 5
    assert "will refuse it" in saved.err
    assert team("apply promoted.plan").code == 5


def test_a_selection_of_what_is_promoted_needs_no_word_about_the_rest(team: Shell) -> None:
    drifted(team)
    assert team("promote development staging --exclude email_template/* --exclude jwt_template/*").code == 0
    said = team("promote development staging --include-drift --target jwt_template/hasura --format json")
    assert list(changed(said)) == ["jwt_template/hasura"]
    assert findings(said, "brought") == [
        ("jwt_template/hasura", "claims.role: brought along from development")
    ]
    assert team("promote development staging --target nothing").code == 64


def test_what_an_overlay_or_a_variable_of_the_target_says_stays(team: Shell) -> None:
    edit(team, "staging", "jwt_templates", "hasura", lifetime=120)

    said = team("promote staging production --include-drift --format json")

    assert said.code == 0
    assert changed(said) == {}
    assert findings(said, "kept") == [
        (
            "jwt_template/hasura",
            "lifetime: what is live in staging is not brought along, because an overlay of production says what it is (over.yml:1)",
        )
    ]


@pytest.mark.parametrize(
    ("resources", "environments", "code", "message"),
    [
        (
            RESOURCES.replace("role: user", 'role: "${var.nothing}"'),
            ENVIRONMENTS,
            65,
            "clerk.yml:4: jwt_template/hasura: claims: variable nothing has no value",
        ),
        (
            RESOURCES,
            ENVIRONMENTS.replace("overlays: [over.yml]", "overlays: [locked.yml]")
            + '\npolicy: {locked: ["jwt_template/hasura.claims.*"]}',
            65,
            "locked.yml:1: jwt_template/hasura: claims.role: no overlay may change what policy.locked names",
        ),
        (
            RESOURCES.replace("role: user", "role: user, api: https://staging.acme.example/api"),
            ENVIRONMENTS,
            5,
            "refused: clerk.yml:4: jwt_template/hasura: claims.api: still holds https://staging.acme.example of staging (variable app); production has https://acme.example: write this value with a variable",
        ),
        (
            RESOURCES.replace("org:admin", "org:owner"),
            ENVIRONMENTS,
            5,  # staging lacks it as well, and is not as its files say
            "error: clerk.yml:7: organization_settings: creator_role: the instance has no organization role org:owner; it has: org:admin, org:member. Create it there first",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place_and_what_to_do(
    team: Shell, resources: str, environments: str, code: int, message: str
) -> None:
    team.write("locked.yml", "jwt_templates: {hasura: {claims: {role: admin}}}\n")
    inner, _, policy = environments.partition("\npolicy:")
    team.project(resources, inner)
    if policy:
        text = (team.folder / "reconcile.yml").read_text(encoding="utf-8")
        team.write("reconcile.yml", f"{text}policy:{policy}\n")

    said = team("promote staging production")

    assert said.code == code
    assert message in said.out + said.err


def test_what_is_called_differently_everywhere_is_mapped_and_may_not_be_forgotten(team: Shell) -> None:
    rows = "promote: {map: [{development: dev-project, staging: staging-project}]}\n"
    path = team.folder / "reconcile.yml"
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    for name, project in (("development", "dev-project"), ("staging", "staging-project")):
        claims = {"role": project, "url": f"https://{name.replace('velopment', 'v')}.acme.example/x"}
        edit(team, name, "jwt_templates", "hasura", claims=claims)

    forward = team("promote development staging --include-drift --format json")
    assert (forward.code, changed(forward)) == (0, {})

    onward = team("promote staging production --include-drift")
    assert onward.code == 5
    assert (
        "refused: staging (live): jwt_template/hasura: claims.role: still holds staging-project of staging "
        "(promote.map at reconcile.yml:7); add what stands for it in production" in onward.out
    )
    path.write_text(
        path.read_text(encoding="utf-8").replace("}]}", "}], keep: [jwt_template/hasura.claims.role]}"),
        encoding="utf-8",
    )
    assert team("promote staging production --include-drift").code == 0


def test_the_guards_of_the_target_hold(team: Shell) -> None:
    team.write("over.yml", 'redirect_urls: {urls: !remove ["${var.app}/callback"]}\n')
    said = team("promote development production")
    assert said.code == 5
    assert "redirect_urls" in said.out


def test_it_says_which_commits_are_missing(shell: Shell) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@acme.example", *words],  # noqa: S607
            cwd=shell.folder,
            check=True,
            capture_output=True,
        )

    shell.write("over.yml", OVERLAY)
    shell.write(".gitignore", ".reconcile/\n")
    shell.project(RESOURCES, ENVIRONMENTS)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    assert (
        "no commit is known that was applied to development and staging"
        in shell("promote development staging").out
    )
    for name in ("staging", "development"):
        assert shell(f"apply -e {name} --yes -q").code == 0
    assert "behind" not in shell("promote development staging").out
    for number in range(12):
        shell.project(f"{RESOURCES}# {number}\n", ENVIRONMENTS)
        git("commit", "-qam", f"change {number}")
    assert shell("apply -e development --yes -q").code == 0

    said = shell("promote development staging").out
    assert "note: staging is 12 commits behind development: " in said
    assert "change 11; " in said
    assert "; and 2 more" in said
    assert "staging is 1" not in shell("promote staging development").out

    for run in (shell.folder / ".reconcile" / "applied").iterdir():
        document = json.loads(run.read_text(encoding="utf-8"))
        run.write_text(
            json.dumps({**document, "revision": f"{'0' * 39}{len(run.name) % 10}"}), encoding="utf-8"
        )
    (one, *_) = (shell.folder / ".reconcile" / "applied").iterdir()
    document = json.loads(one.read_text(encoding="utf-8"))
    one.write_text(json.dumps({**document, "revision": "f" * 40}), encoding="utf-8")
    assert "git does not know" in shell("promote development staging").out


def test_nothing_but_get_is_sent_to_either(team: Shell) -> None:
    drifted(team)
    before = team.state("development"), team.state("staging")
    said = team("promote development staging --include-drift -v")
    assert (team.state("development"), team.state("staging")) == before
    assert not any(word in said.err for word in ("POST", "PATCH", "PUT", "DELETE"))


def test_both_sides_have_to_be_two(team: Shell) -> None:
    assert team("promote staging staging").code == 64
    assert team("promote nowhere staging").code == 64
    assert team("promote files:staging production").code == 64


def test_reports_are_those_of_a_plan(team: Shell, tmp_path: Path) -> None:
    drifted(team)
    said = team(
        "promote development staging --include-drift --format markdown --report html=page.html --report json=p.json"
    )
    assert "### Plan for `staging`, promoted from `development`: 2 to update" in said.out
    assert json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))["signature"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_its_comment_does_not_take_the_place_of_one_about_a_plan(team: Shell) -> None:
    promoted = team("promote development staging --out p.plan --format markdown").out
    assert promoted.startswith(
        "<!-- reconcile:promote:development%3Astaging -->\n\n### Plan for `staging`, promoted from"
    )
    assert team("show p.plan --format markdown").out.splitlines()[:3] == promoted.splitlines()[:3]
    assert team("plan -e staging --format markdown").out.startswith("<!-- reconcile:plan:staging -->")


def test_the_document_is_a_plan(team: Shell) -> None:
    drifted(team)
    for words, code in (("", 5), (" --include-drift", 0)):
        said = team(f"promote development staging --format json{words}")
        jsonschema.validate(said.document, catalogue.schema("plan"))
        assert (said.code, said.document["environment"]) == (code, "staging")


def test_what_is_wrong_for_either_is_said_at_once_and_each_thing_once(team: Shell) -> None:
    team.project(
        RESOURCES.replace("role: user", 'role: "${var.nothing}", a: "${var.loud}"'),
        ENVIRONMENTS.replace(", loud: false", "").replace(", loud: true}}\nproduction", "}}\nproduction"),
    )
    said = team("promote staging production")
    assert said.code == 65
    assert said.err.count("variable nothing has no value") == 1
    assert team("compare development production").err.count("variable nothing has no value") == 1


def test_what_b_may_not_say_is_an_error(team: Shell) -> None:
    edit(team, "development", "jwt_templates", "hasura", lifetime=7)
    said = team("promote development staging --include-drift")
    assert said.code == 65
    assert "error: clerk.yml:4: jwt_template/hasura: lifetime: 7 is less than 30" in said.out or (
        "development (live): jwt_template/hasura: lifetime: 7 is less than 30" in said.out
    )
