"""What email and SMS templates have in common: the slugs are the service's, and a write replaces the whole override."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.model import Kind, Remark, Review, Severity, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][\w.]*")


def check(review: Review) -> Iterator[Remark]:
    """The editor's source without the HTML that it stands for would leave the two apart."""
    if "markup" in review.declared and "body" not in review.declared:
        yield Remark("needs the body that it compiles to beside it; add body", path=("markup",))


def review(review: Review) -> Iterator[Remark]:
    """Hold a changed body against what the live template allows and requires."""
    if "body" not in review.changed:
        return
    if review.live.get("can_edit_body") is False:
        yield Remark(
            "the service does not let this text be edited while it delivers the message; remove body",
            path=("body",),
        )
    yield from _missing_variables(review)
    if review.live.get("markup") and "markup" not in review.declared:
        message = "the visual editor loses its source: markup is emptied, because only body is declared"
        yield Remark(message, Severity.WARNING, ("body",), "editor-source")


def _missing_variables(review: Review) -> Iterator[Remark]:
    body = review.declared["body"]
    text = body.value if isinstance(body, Value) and isinstance(body.value, str) else ""
    used = {name for part in _EXPRESSION.findall(text) for name in _VARIABLE.findall(part)}
    required = review.live.get("required_variables")
    for name in required if isinstance(required, list) else ():
        if name not in used:
            yield Remark(
                f"must contain {{{{{name}}}}}; the service refuses this text without it", path=("body",)
            )


def template(channel: str) -> Kind:
    """The kind of template that is sent over `channel`, `email` or `sms`."""
    return Kind(
        name=f"{channel}_template",
        section=f"{channel}_templates",
        path=f"/templates/{channel}",
        key="slug",
        member="slug",
        create=None,
        update="PUT",
        delete=None,
        revert="revert",
        overridden=("resource_type", "user"),
        whole=True,
        clears={"body": "markup"},
        shortcuts={"delivered_by_clerk": "toggle_delivery"},
        hands_over="delivered_by_clerk",
        locks=frozenset({"email_template_customization_locked", "email_template_suspicious_blocked"}),
        deprecated=True,
        one_at_a_time=True,
        check=check,
        review=review,
    )
