"""What an apply tells beside its remarks: the document on stdout, the events, and the reports in files."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconcile.cli.events import opened
from reconcile.cli.sinks import echo_done
from reconcile.render import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconcile.cli.events import Events
    from reconcile.cli.opening import World
    from reconcile.cli.reports import Reports
    from reconcile.model import Change, Finding, Json, Kind, Outcome, Plan

    Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Told:
    """One apply, as programs and readers elsewhere get to know it."""

    form: str
    reports: Reports
    events: Events

    def planned(self, plan: Plan) -> None:
        """This is going to be carried out."""
        self.events.tell(events.planned(plan))

    def started(self, change: Change) -> None:
        """A change is tried."""
        self.events.tell(events.started(change))

    def ended(self, outcome: Outcome) -> None:
        """A change ended."""
        self.events.tell(events.ended(outcome))

    def verified(self, sent: Sequence[Outcome], outcomes: Sequence[Outcome], after: Plan | None) -> None:
        """Read again and planned again: some may have ended otherwise than it seemed."""
        self.events.corrected(sent, outcomes)
        self.events.tell(events.verified(outcomes, after))

    def refused(self, plan: Plan, kinds: Kinds, findings: Sequence[Finding], code: int) -> None:
        """Nothing is carried out."""
        from reconcile.cli.reports import document_of
        from reconcile.render.document import findings_document

        self.events.tell(events.planned(plan))
        self.events.tell(events.refused(findings))
        self.events.tell(events.finished(code))
        texts = {
            "json": lambda: _json(findings_document(findings)),
            "markdown": lambda: document_of("markdown", plan, kinds, mask=self.reports.mask),
        }
        self._publish(plan, kinds, texts)

    def finished(
        self, plan: Plan, kinds: Kinds, outcomes: Sequence[Outcome], after: Plan | None, code: int
    ) -> None:
        """All has been carried out that will be."""
        from reconcile.render.document import outcomes_document

        self.events.tell(events.finished(code, outcomes))
        if self.events.trouble:
            click.echo(f"warning: not all events could be written: {self.events.trouble}", err=True)
        texts = {
            "json": lambda: _json(outcomes_document(outcomes, after)),
            "markdown": lambda: self._markdown(plan, outcomes, after),
        }
        self._publish(plan, kinds, texts)

    def _markdown(self, plan: Plan, outcomes: Sequence[Outcome], after: Plan | None) -> str:
        from reconcile.render.markdown import outcomes_markdown
        from reconcile.render.mask import Mask

        if self.reports.mask:
            mask = Mask()
            outcomes, after = mask.outcomes(outcomes), mask.plan(after) if after else None
        return outcomes_markdown(plan, outcomes, after)

    def _publish(self, plan: Plan, kinds: Kinds, texts: Mapping[str, Callable[[], str]]) -> None:
        """Print what stdout is to hold, and write the reports; one that cannot be written changes nothing any more."""
        if self.form in texts:
            echo_done(texts[self.form]())
        try:
            self.reports.write(plan, kinds, texts)
        except OSError as error:
            click.echo(f"warning: {error.filename}: {error.strerror}: this report is missing", err=True)


def _json(document: Mapping[str, Json]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@contextmanager
def telling(form: str, reports: Reports, world: World) -> Iterator[Told]:
    """Who is told what about one apply; an error is told as its end."""
    with opened(world, reports.paths("jsonl"), stdout=form == "jsonl") as events_, events_.ending():
        yield Told(form, reports, events_)
