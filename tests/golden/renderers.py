"""Every way to show a plan, or what has drifted. To add one, add a row: `python -m tests.golden --write` makes its files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from reconcile.calls import count
from reconcile.codec import encode_plan, signed
from reconcile.render.drift import drift_document, drift_markdown, drift_text
from reconcile.render.html.content import content
from reconcile.render.markdown import report
from reconcile.render.mask import Mask, masked
from reconcile.render.terminal import Style, plan_text
from reconcile.state.keys import Keys
from tests.golden.drifts import DRIFTS
from tests.golden.plans import PLANS
from tests.lab import KEYS, FakeClock, Lab, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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


@cache
def drift(name: str) -> Drift:
    """What has drifted, on an instance of its own; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        return DRIFTS[name](Lab.open(Path(folder), FakeClock()))


@cache
def plan(name: str) -> Plan:
    """One of the plans, on an instance of its own; the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        return PLANS[name](Lab.open(Path(folder), FakeClock()))


def path(name: str, renderer: str) -> Path:
    """Where something is kept as one renderer shows it."""
    suffix = DRIFT_RENDERERS[renderer].suffix if name in DRIFTS else RENDERERS[renderer].suffix
    return KEPT / f"{name}.{suffix}"


def rendered(name: str, renderer: str) -> str:
    """What is kept of something as one renderer shows it."""
    if name in DRIFTS:
        return kept(DRIFT_RENDERERS[renderer].show(drift(name)))
    return kept(RENDERERS[renderer].show(plan(name)))


def kept(text: str) -> str:
    """The text, or the digest of one that is too large for a repository."""
    if len(text) <= _LARGE:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()} of {len(text)} characters\n"


def pairs() -> Iterator[tuple[str, str]]:
    """Each plan and each drift with each of its renderers."""
    yield from ((name, renderer) for name in PLANS for renderer in RENDERERS)
    yield from ((name, renderer) for name in DRIFTS for renderer in DRIFT_RENDERERS)
