"""Every way to show a plan, and a comparison. To add one, add a row: its files are made by `python -m tests.golden --write`."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.calls import count
from reconcile.codec import encode_plan, signed
from reconcile.render.comparison import comparison_document, comparison_text
from reconcile.render.html.content import content
from reconcile.render.markdown import comparison_markdown, report
from reconcile.render.mask import masked, masked_comparison
from reconcile.render.terminal import Style, plan_text
from reconcile.state.keys import Keys
from tests.golden.comparisons import COMPARISONS
from tests.golden.plans import PLANS
from tests.lab import KEYS, FakeClock, Lab, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconcile.compare import Comparison
    from reconcile.model import Plan

KEPT = Path(__file__).parent / "kept"
_LARGE = 200_000  # characters from which on a text is kept as its digest


@dataclass(frozen=True)
class Renderer:
    """A way to show a plan, and how its files end."""

    suffix: str
    show: Callable[[Plan], str]


def _text(plan: Plan) -> str:
    return plan_text(plan, count(known().kinds, plan), Style())


def _json(plan: Plan) -> str:
    calls = count(known().kinds, plan)
    document = encode_plan(plan, tool_version="0", calls=calls, seconds=0.0)
    sign = Keys(KEYS["development"]).sign
    return json.dumps(signed(document, sign), ensure_ascii=False, indent=2) + "\n"


def _markdown(plan: Plan) -> str:
    return report(plan, known().kinds)


def _masked(plan: Plan) -> str:
    return report(masked(plan), known().kinds)


def _page(plan: Plan) -> str:
    """What the page holds; how it looks is watched by `make e2e`."""
    return json.dumps(content(plan, known().kinds), ensure_ascii=False, indent=1) + "\n"


RENDERERS: Mapping[str, Renderer] = {
    "text": Renderer("txt", _text),
    "json": Renderer("json", _json),
    "markdown": Renderer("md", _markdown),
    "masked": Renderer("masked.md", _masked),
    "html": Renderer("html.json", _page),
}


@dataclass(frozen=True)
class Comparer:
    """A way to show a comparison, and how its files end."""

    suffix: str
    show: Callable[[Comparison], str]


COMPARERS: Mapping[str, Comparer] = {
    "comparison": Comparer("txt", lambda one: comparison_text(one, Style(every=True))),
    "comparison json": Comparer(
        "json", lambda one: json.dumps(comparison_document(one), ensure_ascii=False, indent=2) + "\n"
    ),
    "comparison markdown": Comparer("md", comparison_markdown),
    "comparison masked": Comparer("masked.md", lambda one: comparison_markdown(masked_comparison(one))),
}


@cache
def plan(name: str) -> Plan:
    """One of the plans, on an instance of its own; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        return PLANS[name](Lab.open(Path(folder), FakeClock()))


def path(name: str, renderer: str) -> Path:
    """Where a plan, or a comparison, is kept as one renderer shows it."""
    return KEPT / f"{name}.{(COMPARERS.get(renderer) or RENDERERS[renderer]).suffix}"


def rendered(name: str, renderer: str) -> str:
    """What is kept of a plan, or of a comparison, as one renderer shows it."""
    if renderer in COMPARERS:
        return kept(COMPARERS[renderer].show(COMPARISONS[name]()))
    return kept(RENDERERS[renderer].show(plan(name)))


def kept(text: str) -> str:
    """The text, or the digest of one that is too large for a repository."""
    if len(text) <= _LARGE:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()} of {len(text)} characters\n"


def pairs() -> Iterator[tuple[str, str]]:
    """Each plan, and each comparison, with each of its renderers."""
    yield from ((name, renderer) for name in PLANS for renderer in RENDERERS)
    yield from ((name, renderer) for name in COMPARISONS for renderer in COMPARERS)
