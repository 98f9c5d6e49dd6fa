"""What there is before the run that is killed, and what the files want: every action, and most kinds."""

from __future__ import annotations

SECRET_KEY = "sk_test_abcdefgh12345678"
ENVIRON = {"CLERK": SECRET_KEY, "SIGNING": "a-signing-key"}

PROJECT = """\
version: 1
resources: [clerk.yml]
environments:
  web: {api_url: "ADDRESS/v1", secret_key: "${env:CLERK}", reads: probe}
policy: {delivery_consumer: ours, max_delete: 100%}
"""

FIRST = """\
email_templates: {magic_link_sign_in: {subject: "Mine"}, invitation: {subject: "Come"}}
jwt_templates:
  one: {claims: {a: 1}, lifetime: 60}
  signed: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
  old: {claims: {c: true}}
allowlist: {prune: true, identifiers: [ada@a.example, bob@a.example]}
redirect_urls: {prune: true, urls: ["https://a.example/x", "https://a.example/y"]}
organization_settings: {max_allowed_memberships: 5}
restrictions: {block_email_subaddresses: false}
instance: {support_email: "help@a.example"}
"""

SECOND = """\
email_templates: {magic_link_sign_in: {subject: "Yours"}, invitation: {state: default}}
jwt_templates:
  one: {claims: {a: 2, b: {c: 3}}, lifetime: 90}
  signed: {claims: {}, lifetime: 120, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
  new: {claims: {c: true}, renamed_from: old}
allowlist: {prune: true, identifiers: [ada@a.example, {identifier: cy@a.example, notify: true}]}
blocklist: {identifiers: [eve@a.example]}
redirect_urls: {prune: true, urls: ["https://a.example/x", "new://z"]}
organization_settings: {enabled: true, max_allowed_memberships: 7, creator_role: "org:admin"}
restrictions: {block_email_subaddresses: true, allowlist: true}
instance: {support_email: "help@a.example"}
"""

STRANGERS = (
    ("/blocklist_identifiers", {"identifier": "mallory@a.example"}),
    ("/jwt_templates", {"name": "stranger", "claims": {"mine": True}}),
)
"""What somebody has made by hand and no file mentions."""
