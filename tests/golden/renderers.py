"""Every way to show a plan, drift or a comparison. To add one, add a row: `python -m tests.golden --write` makes its files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reconcile.calls import count
from reconcile.codec import encode_plan, signed
from reconcile.render.comparison import comparison_document, comparison_text
from reconcile.render.drift import drift_document, drift_markdown, drift_text
from reconcile.render.html.content import content
from reconcile.render.markdown import comparison_markdown, report
from reconcile.render.mask import Mask, masked, masked_comparison
from reconcile.render.terminal import Style, plan_text
from reconcile.state.keys import Keys
from tests.golden.comparisons import COMPARISONS
from tests.golden.drifts import DRIFTS
from tests.golden.plans import PLANS
from tests.lab import KEYS, FakeClock, Lab, known

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from reconcile.compare import Comparison
    from reconcile.model import Drift, Plan

KEPT = Path(__file__).parent / "kept"
_LARGE = 200_000  # characters from which on a text is kept as its digest


Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Renderer(Generic[Shown]):
    """A way to show something, and how its files end."""

    suffix: str
    show: Callable[[Shown], str]


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


RENDERERS: Mapping[str, Renderer[Plan]] = {
    "text": Renderer("txt", _text),
    "json": Renderer("json", _json),
    "markdown": Renderer("md", _markdown),
    "masked": Renderer("masked.md", _masked),
    "html": Renderer("html.json", _page),
}


def _drift_json(drift: Drift) -> str:
    return json.dumps(drift_document(drift, "0"), ensure_ascii=False, indent=2) + "\n"


DRIFT_RENDERERS: Mapping[str, Renderer[Drift]] = {
    "text": Renderer("txt", drift_text),
    "json": Renderer("json", _drift_json),
    "markdown": Renderer("md", drift_markdown),
    "masked": Renderer("masked.md", lambda drift: drift_markdown(Mask().drift(drift))),
}


def _comparison_json(one: Comparison) -> str:
    return json.dumps(comparison_document(one), ensure_ascii=False, indent=2) + "\n"


COMPARERS: Mapping[str, Renderer[Comparison]] = {
    "text": Renderer("txt", lambda one: comparison_text(one, Style(every=True))),
    "json": Renderer("json", _comparison_json),
    "markdown": Renderer("md", comparison_markdown),
    "masked": Renderer("masked.md", lambda one: comparison_markdown(masked_comparison(one))),
}


@cache
def plan(name: str) -> Plan:
    """One of the plans, on an instance of its own; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        return PLANS[name](Lab.open(Path(folder), FakeClock()))


@cache
def drift(name: str) -> Drift:
    """What has drifted, on an instance of its own; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        return DRIFTS[name](Lab.open(Path(folder), FakeClock()))


@cache
def comparison(name: str) -> Comparison:
    """One of the comparisons."""
    return COMPARISONS[name]()


@dataclass(frozen=True)
class Family(Generic[Shown]):
    """Things of one sort by name, how each is made, and every way to show it."""

    names: Collection[str]
    make: Callable[[str], Shown]
    renderers: Mapping[str, Renderer[Shown]]


FAMILIES: tuple[Family[Any], ...] = (
    Family(PLANS, plan, RENDERERS),
    Family(DRIFTS, drift, DRIFT_RENDERERS),
    Family(COMPARISONS, comparison, COMPARERS),
)


def _family(name: str) -> Family[Any]:
    return next(one for one in FAMILIES if name in one.names)


def path(name: str, renderer: str) -> Path:
    """Where something is kept as one renderer shows it."""
    return KEPT / f"{name}.{_family(name).renderers[renderer].suffix}"


def rendered(name: str, renderer: str) -> str:
    """What is kept of something as one renderer shows it."""
    family = _family(name)
    return kept(family.renderers[renderer].show(family.make(name)))


def kept(text: str) -> str:
    """The text, or the digest of one that is too large for a repository."""
    if len(text) <= _LARGE:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()} of {len(text)} characters\n"


def pairs() -> Iterator[tuple[str, str]]:
    """Each thing with each of its renderers."""
    return ((name, renderer) for one in FAMILIES for name in one.names for renderer in one.renderers)
