"""What has drifted, as every renderer shows it: made with the simulator, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.drift import classify, drift_of
from reconcile.model import Base, Ignore, Known, Origin
from tests.golden.hostile import HOSTILE, TEMPLATE
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconcile.model import Desired, Drift
    from tests.lab import Lab

AT = "2027-01-15T08:00:00Z"
REVISION = "3f0c1d2e4b5a69788796a5b4c3d2e1f001122334"
CODE = "<p>{{otp_code}}</p>"


def seen(lab: Lab, base: Desired | None, desired: Desired, rules: Iterable[Ignore] = ()) -> Drift:
    """What is seen of an instance by somebody who knows what the files once wanted."""
    live = lab.live(*desired.sections)
    plan, memory = lab.plan_of(desired, live), lab.ledger.memory
    agreed = Base(Known.REVISION, base, revision=REVISION) if base else Base()
    return drift_of(plan, classify(known().kinds, plan, desired, live, agreed, memory), agreed, rules, AT)


def drift_nothing(lab: Lab) -> Drift:
    """Everything is as it was agreed on."""
    base = lab.want("redirect_urls: [myapp://callback]\n")
    lab.apply(base)
    return seen(lab, base, base)


def drift_sides(lab: Lab) -> Drift:
    """Every side and every way to differ, rules that hide and one that has expired, and what cannot be read."""
    base = lab.want("""\
jwt_templates: {hasura: {lifetime: 60, claims: {role: user, org: x, teams: [a, b]}}, gone: {claims: {}}}
redirect_urls: {prune: true, urls: [stays://x, dropped://x, deleted://x]}
instance: {allowed_origins: ["https://a.example", "https://b.example"], support_email: ada@acme.example}
restrictions: {block_email_subaddresses: true}
email_templates: {verification_code: {subject: "Your code {{otp_code}}"}}
""")
    lab.apply(base)
    ids = {row["name"]: row["id"] for row in lab.api.get("/jwt_templates").json}
    urls = {row["url"]: row["id"] for row in lab.api.get("/redirect_urls").json}
    claims = {"role": "admin", "org": "theirs", "teams": ["b"], "noise": 1}
    lab.api.patch(f"/jwt_templates/{ids['hasura']}", {"name": "hasura", "claims": claims, "lifetime": 60})
    lab.api.delete(f"/jwt_templates/{ids['gone']}")
    lab.api.delete(f"/redirect_urls/{urls['deleted://x']}")
    for url in ("theirs://x", "ignored://x"):
        lab.api.post("/redirect_urls", {"url": url})
    lab.api.patch("/instance", {"allowed_origins": ["https://a.example", "https://z.example"]})
    lab.api.patch("/instance", {"support_email": "alan@acme.example"})
    body = {"name": "V", "subject": "Their code {{otp_code}}", "body": CODE}
    lab.api.put("/templates/email/verification_code", body)
    wanted = lab.want("""\
jwt_templates: {hasura: {lifetime: 90, claims: {role: user, org: ours, teams: [a, b]}}, gone: {claims: {a: 1}}}
redirect_urls: {prune: true, urls: [stays://x, new://x, deleted://x]}
instance: {allowed_origins: ["https://a.example", "https://b.example"], support_email: ada@acme.example}
restrictions: {block_email_subaddresses: true}
email_templates: {verification_code: {state: default}}
""")
    rules = (
        Ignore(
            "redirect_url/ign*", "a trial of the mobile team", "2027-01-15", origin=Origin("reconcile.yml", 9)
        ),
        Ignore("jwt_template/*", "comes and goes", "2027-02-01", "claims.noise", Origin("reconcile.yml", 10)),
        Ignore("instance", "moved house", "2027-01-14", "support_email", Origin("reconcile.yml", 11)),
    )
    return seen(lab, base, wanted, rules)


def drift_unknown(lab: Lab) -> Drift:
    """Nothing is known of the time before."""
    lab.api.post("/jwt_templates", {"name": "hasura", "claims": {"role": "admin"}, "lifetime": 60})
    lab.api.post("/redirect_urls", {"url": "theirs://x"})
    return seen(
        lab,
        None,
        lab.want(
            "jwt_templates: {hasura: {claims: {role: user}}}\nredirect_urls: {prune: true, urls: [ours://x]}\n"
            "email_templates: {verification_code: {subject: Ours}, no_such_template: {subject: x}}\n"
        ),
    )


def drift_hostile(lab: Lab) -> Drift:
    """Texts that try to break out of whatever shows them."""
    base = lab.want(
        "jwt_templates: {t: {claims: {}}}\nemail_templates: {verification_code: {subject: Ours}}\n"
    )
    lab.apply(base)
    lab.api.post("/jwt_templates", {"name": "`</details>` @octocat #1", "claims": {}})
    (row,) = (one for one in lab.api.get("/jwt_templates").json if one["name"] == "t")
    claims = {f"<b>{number}</b> ``": text for number, text in enumerate(HOSTILE)}
    lab.api.patch(f"/jwt_templates/{row['id']}", {"name": "t", "claims": claims})
    lab.api.put(
        "/templates/email/verification_code", {"name": "V", "subject": "</summary>`", "body": TEMPLATE}
    )
    wanted = lab.want(
        "jwt_templates: {.prune: true, t: {claims: {}}}\n"
        "email_templates: {verification_code: {subject: Ours, body: '<p>{{otp_code}}</p>'}}\n"
    )
    rules = (Ignore("*", "--> ``` </details> @octocat", "2020-01-01", "<b>*", Origin("reconcile.yml", 9)),)
    return seen(lab, base, wanted, rules)


def drift_of_20000(lab: Lab) -> Drift:
    """A list of which half came in the files, and a thousand entries were taken away in the dashboard."""
    names = [f"user{number:05}@spam.example" for number in range(19_000)]
    for name in names[:100]:
        lab.api.post("/blocklist_identifiers", {"identifier": name})
    for number in range(1_000):
        lab.api.post("/blocklist_identifiers", {"identifier": f"their{number:04}@spam.example"})
    base = lab.want(
        "blocklist: {prune: true, identifiers: !lines blocked.txt}\n",
        {"blocked.txt": "\n".join(names[:10_000])},
    )
    wanted = lab.want(
        "blocklist: {prune: true, identifiers: !lines blocked.txt}\n", {"blocked.txt": "\n".join(names)}
    )
    return seen(lab, base, wanted)


DRIFTS: Mapping[str, Callable[[Lab], Drift]] = {
    made.__name__: made for made in (drift_nothing, drift_sides, drift_unknown, drift_hostile, drift_of_20000)
}
