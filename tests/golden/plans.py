"""The plans that every renderer shows: made with the simulator, the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.guard import guard
from reconcile.model import Gate, Memory, Policy, Rules, Source
from tests.golden.hostile import HOSTILE, TEMPLATE
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.model import Plan
    from tests.lab import Lab

LINES = [f"<p>Paragraph {number}: thank you for choosing Acme.</p>" for number in range(1, 601)]
CODE = "<p>{{otp_code}}</p>"
REVISION = "3f0c1d2e4b5a69788796a5b4c3d2e1f001122334"


def nothing(lab: Lab) -> Plan:
    """Everything is as wanted."""
    lab.api.post("/redirect_urls", {"url": "myapp://callback"})
    return lab.plan(lab.want("redirect_urls: [myapp://callback]\n"))


def mixed(lab: Lab) -> Plan:
    """All actions, claims as paths, a secret, a reference, a renamed object, what cannot be read, what is left alone."""
    for name, claims in (("hasura", {"role": "user", "teams": ["a"]}), ("old", {"x": 1}), ("mine", {})):
        lab.api.post("/jwt_templates", {"name": name, "claims": claims, "lifetime": 60})
    for url in ("https://app.acme.example/callback", "myapp://old"):
        lab.api.post("/redirect_urls", {"url": url})
    lab.api.put("/templates/email/verification_code", {"name": "V", "subject": "Ours", "body": CODE})
    wanted = """\
jwt_templates:
  hasura: {lifetime: 90, claims: {role: admin, teams: [a, b], "x-org": "{{org.id}}"}}
  new_name: {renamed_from: old, claims: {x: 1}}
  supabase:
    lifetime: 300
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:SUPABASE_JWT_SECRET}"
    claims: {aud: authenticated, user_metadata: "{{user.public_metadata}}", quota: 2.5, cost_center: null}
redirect_urls: {prune: true, urls: ["https://app.acme.example/callback", "myapp://callback"]}
restrictions: {block_email_subaddresses: true}
email_templates: {verification_code: {state: default}}
instance: {support_email: help@acme.example}
"""
    plan = lab.plan(lab.want(wanted))
    return replace(plan, source=Source(REVISION, dirty=True))


def long_text(lab: Lab) -> Plan:
    """One word in a body of 600 lines, and a subject."""
    before = "\n".join([*LINES, CODE])
    lab.api.put("/templates/email/verification_code", {"name": "V", "subject": "Your code", "body": before})
    after = before.replace("Paragraph 412: thank you", "Paragraph 412: many thanks")
    files = {"body.html": after}
    wanted = "email_templates: {verification_code: {subject: Your Acme code, body: !file body.html}}\n"
    return lab.plan(lab.want(wanted, files))


def hostile(lab: Lab) -> Plan:
    """Texts that try to break out of whatever shows them, in a body, in claims, and in what is left alone."""
    lab.api.post("/jwt_templates", {"name": "`</details>` @octocat #1", "claims": {}})
    claims = {f"<b>{number}</b> ``": text for number, text in enumerate(HOSTILE)}
    files = {"body.html": TEMPLATE.replace("\x00", "").replace("\r", "")}
    wanted = {
        "jwt_templates": {"--> ```": {"claims": {**claims, "@octocat": [*HOSTILE[:3]]}}},
        "redirect_urls": ["https://app.acme.example/```?</code>@octocat"],
    }
    email = "email_templates: {verification_code: {subject: '</summary>`@octocat', body: !file body.html}}\n"
    lists = "".join(f"{section}: {json.dumps(value)}\n" for section, value in wanted.items())
    return lab.plan(lab.want(email + lists, files))


def lists_of_20000(lab: Lab) -> Plan:
    """19,000 entries come and 1,000 go."""
    for number in range(1_000):
        lab.api.post("/blocklist_identifiers", {"identifier": f"old{number:04}@spam.example"})
    files = {"blocked.txt": "\n".join(f"user{number:05}@spam.example" for number in range(19_000))}
    return lab.plan(lab.want("blocklist: {prune: true, identifiers: !lines blocked.txt}\n", files))


def refused(lab: Lab) -> Plan:
    """What is gated, what is selected, and what guards refuse."""
    for number in range(12):
        lab.api.post("/redirect_urls", {"url": f"myapp://callback/{number}"})
    desired = lab.want(
        "redirect_urls: {prune: true, urls: ['myapp://callback/0']}\n"
        "jwt_templates: {pro: {claims: {}}}\n"
        "organization_settings: {enabled: true}\n"
    )
    live = lab.live(*desired.sections)
    memory = Memory(gated={"jwt_template/pro": Gate(("custom_jwt",), "2027-01-15T08:00:00Z")})
    policy = Policy(selected=lambda address: address != "organization_settings")
    plan = lab.plan_of(desired, live, memory, policy)
    return guard(plan, known().kinds, desired, live, Rules())


def identifiers(lab: Lab) -> Plan:
    """People, in lists and elsewhere."""
    for entry in ("ada@acme.example", "+15555550100", "amy@acme.example"):
        lab.api.post("/allowlist_identifiers", {"identifier": entry})
    wanted = """\
allowlist:
  prune: true
  identifiers: [alan@acme.example, "*@acme.example", {identifier: grace@acme.example, notify: true}, "+15555550199"]
instance: {support_email: help@acme.example}
"""
    return lab.plan(lab.want(wanted))


def unverified(lab: Lab) -> Plan:
    """Nothing but what was sent before and cannot be read back."""
    desired = lab.want("restrictions: {block_email_subaddresses: true}\n")
    lab.apply(desired)
    return lab.plan(desired)


PLANS: Mapping[str, Callable[[Lab], Plan]] = {
    made.__name__: made
    for made in (nothing, mixed, long_text, hostile, lists_of_20000, refused, identifiers, unverified)
}
