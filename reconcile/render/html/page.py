"""The page itself: the overview is written into it, all else comes as content that its script shows on demand."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reconcile.calls import count
from reconcile.codec import plan_digest
from reconcile.model import Action, Severity
from reconcile.plan.summary import summarise
from reconcile.render.html.content import content
from reconcile.render.html.pack import packed
from reconcile.render.html.plain import CHANGES, plain
from reconcile.render.terminal import SIGN
from reconcile.render.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2 import BaseLoader

    from reconcile.model import Finding, Json, Kind, Plan

_FINDINGS = 200  # of one severity; there can be one for each of thousands of entries
_HEADINGS = {
    Severity.REFUSAL: "Refused",
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warnings",
    Severity.INFO: "Notes",
}


def report(plan: Plan, kinds: Mapping[str, Kind]) -> str:
    """The whole page. It asks nothing of the network, and runs no script but its own."""
    templates = pages()
    script = part(templates, "report.js")
    shown = content(plan, kinds)
    return templates.get_template("report.html.jinja").render(
        plan=plan,
        summary=summarise(plan),
        calls=count(kinds, plan),
        digest=plan_digest(plan),
        findings=_by_severity(plan.findings),
        places={change.address: place for place, change in enumerate(plan.changes)},
        counts=_counts(plan),
        plain=plain(shown),
        more=max(0, len(plan.changes) - CHANGES),
        style=part(templates, "report.css"),
        script=script,
        script_hash=_hash(script),
        content=embedded(packed(shown)),
    )


@cache
def pages() -> Environment:
    """Templates that escape whatever is put into them, and show what would be invisible."""
    return Environment(
        loader=PackageLoader("reconcile.render.html", "parts"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def part(templates: Environment, name: str) -> Markup:
    """A part of the page that is taken as it is."""
    source, _, _ = cast("BaseLoader", templates.loader).get_source(templates, name)
    return Markup(source)  # noqa: S704 - ours


def _shown(found: Any) -> Any:
    """What a template puts in: parts of ours as they are, texts of others with nothing hidden in them."""
    return visible(found) if isinstance(found, str) and not isinstance(found, Markup) else found


def _hash(script: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")  # noqa: S704 - letters, digits, + and /


def embedded(document: Json) -> Markup:
    """JSON that can stand in a script element: whatever could end that, or begin a comment, is escaped."""
    text = json.dumps(document, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - without < no script ends


def _counts(plan: Plan) -> list[tuple[str, int]]:
    """How many changes of each action; the first three always, as in the summary for people."""
    found = Counter(change.action for change in plan.changes)
    always = {Action.CREATE, Action.UPDATE, Action.DELETE}
    return [(action.value, found[action]) for action in SIGN if found[action] or action in always]


def _by_severity(findings: Iterable[Finding]) -> list[tuple[str, str, list[Finding], int]]:
    """Class, heading, the first findings, and how many more, for each severity that occurs."""
    found: dict[Severity, list[Finding]] = {severity: [] for severity in _HEADINGS}
    for finding in findings:
        found[finding.severity].append(finding)
    return [
        (severity.value, _HEADINGS[severity], some[:_FINDINGS], max(0, len(some) - _FINDINGS))
        for severity, some in found.items()
        if some
    ]
