from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.model import Severity
from reconcile.validate.leaks import leaks, veiled

if TYPE_CHECKING:
    from tests.lab import Lab

BODY = "4eC39HqLyjWDarjtT1zdp7dc"
SECRETS = [  # parted, so that no scanner of repositories takes them for real ones
    ("sk" + "_live_" + BODY, "a secret key of Clerk or Stripe", Severity.ERROR),
    ("sk" + "_test_" + BODY, "a secret key of Clerk or Stripe", Severity.ERROR),
    ("-----BEGIN " + "PRIVATE KEY-----", "a private key", Severity.ERROR),
    ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key", Severity.ERROR),
    ("whsec" + "_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a signing secret of a webhook", Severity.WARNING),
    ("rk" + "_live_" + BODY, "a restricted key of Stripe", Severity.WARNING),
    ("AKIA" + "QYLPMN5HFIQR7XYA", "an access key of AWS", Severity.WARNING),
    ("ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a", "a token of GitHub", Severity.WARNING),
    ("github" + "_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRs", "a token of GitHub", Severity.WARNING),
    ("xox" + "b-123456789012-abcdefABCDEF", "a token of Slack", Severity.WARNING),
    (
        "hooks.slack.com/" + "services/T01ABCDEF/B01ABCDEF/abcdefABCDEF0123",
        "a token of Slack",
        Severity.WARNING,
    ),
]
HARMLESS = [
    "{{user.public_metadata.sk_live_plan}}",
    "sk_live_" + "x" * 24,
    "sk_test_...",
    "${env:CLERK_SECRET_KEY}",
    "pk_live_Y2xlcmsuYWNtZS5leGFtcGxlJA",
    "task_live_abcdefgh12345678",
    hashlib.sha256(b"x").hexdigest(),
    "sha256:" + hashlib.sha256(b"y").hexdigest(),
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "iVBORw0KGgoAAAANSUhEUgAKIAQYLPMN5HFIQR7XYAAAUA",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "whsec_",
    "https://hooks.slack.com/services/",
]


@pytest.mark.parametrize(("secret", "name", "severity"), SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "a\r\nb: '{}'\n", "# {}", "x: [{}, y]", 'url: "https://a.example/?key={}"']
)
def test_what_looks_like_a_secret_is_found_by_line_and_never_told(
    secret: str, name: str, severity: Severity, around: str
) -> None:
    text = around.format(secret)

    (found,) = leaks(text, "clerk.yml")

    assert (found.severity, found.rule) == (severity, "looks-secret")
    assert found.message.startswith(f"looks like {name}; take it out of the file")
    assert found.origin
    assert (found.origin.file, found.origin.line) == ("clerk.yml", 2 if "\r\n" in around else 1)
    assert secret not in str(found)
    assert secret not in veiled(text)
    assert name in veiled(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_in_peace(text: str) -> None:
    assert list(leaks(text, "clerk.yml")) == []


@given(st.text())
def test_text_without_such_shapes_stays_as_it_is(text: str) -> None:
    if not list(leaks(text, "x")):
        assert veiled(text) == text


@pytest.mark.parametrize("place", ["resources.yml", "body.html", "urls.txt", "reconcile.yml"])
def test_every_file_of_a_project_is_looked_at_and_each_once(lab: Lab, place: str) -> None:
    secret = SECRETS[0][0]
    resources = (
        "email_templates: {verification_code: {body: !file body.html}, invitation: {body: !file body.html}}\n"
        "redirect_urls: !lines urls.txt\n"
    )
    project = "version: 1\nresources: [resources.yml]\nenvironments:\n  local: {api_url: embedded, vars: {app: a}}\n"
    texts = {
        "resources.yml": resources,
        "body.html": "{{otp_code}}\n",
        "urls.txt": "# none\n",
        "reconcile.yml": project,
    }
    root = lab.project(resources, texts)
    (root / place).write_text(texts[place] + f"# {secret}\n", encoding="utf-8")

    if place == "reconcile.yml":
        from reconcile.errors import FilesError  # noqa: PLC0415 - only this place ends before there is anything to read

        with pytest.raises(FilesError) as caught:
            lab.read(root)
        found = [str(one) for one in caught.value.findings]
    else:
        found = [str(one) for one in lab.read(root)[1] if one.rule == "looks-secret"]

    assert len(found) == 1
    assert found[0].startswith(f"{place}:{texts[place].count(chr(10)) + 1}: looks like a secret key")


def test_a_warning_about_the_project_file_does_not_stop_it(lab: Lab) -> None:
    project = (
        "version: 1\nresources: [resources.yml]\nenvironments:\n"
        f"  local: {{api_url: embedded, vars: {{app: {SECRETS[4][0]}}}}}\n"
    )
    root = lab.project("redirect_urls: []", {"reconcile.yml": project})

    assert [one.severity for one in lab.read(root)[1]] == [Severity.WARNING]
