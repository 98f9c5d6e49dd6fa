"""`reconcile drift`."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.looking import Looker
    from reconcile.cli.reports import Reports
    from reconcile.model import Drift
    from reconcile.render.terminal import Style

_FORMS = ("text", "json", "markdown", "jsonl")
_UNITS = {"s": 1, "m": 60, "h": 3600}
_LINES = frozenset({"text", "jsonl"})


def _interval(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """So many seconds, or not said."""
    from reconcile.cli.watching import LEAST

    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})([smh])", value)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if seconds < LEAST:
        why = f"is less than {LEAST:g}s" if found else "is no interval"
        raise click.BadParameter(f"{value} {why}; write one such as 30s, 5m or 1h")
    return float(seconds)


def _revision(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """A revision, or not said; an empty one is a variable that somebody forgot to set."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty; name a commit, a tag or a branch")
    return value or ""


@click.command(name="drift")
@options.environment
@options.project
@options.selection
@click.option(
    "--since",
    metavar="GIT_REV",
    callback=_revision,
    default=None,
    help="Hold both sides against the files of this commit. Default: against what was last applied.",
)
@click.option(
    "--watch",
    "interval",
    metavar="INTERVAL",
    callback=_interval,
    default=None,
    help="Look again and again, every 30s, 5m or 1h, and tell each change of state, until stopped.",
)
@click.option(
    "--health",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="With --watch: write the state to this file in each round.",
)
@options.output_as(_FORMS, _FORMS[1:3])
@options.state_dir
@options.service
@options.opened
@options.shown
@options.asked
def command(
    opening: Opening, shown: Shown, asked: Asked, since: str, interval: float | None, health: Path | None
) -> int:
    """Tell what was changed on an instance from what was changed in the files. Sends nothing but GET."""
    from reconcile.cli.looking import Looker
    from reconcile.cli.opening import World

    _check(shown.form, watching=interval is not None, health=health)
    wanted = shown.wanted()
    forms = _forms(wanted, lambda drift: _text(drift, shown.look))
    if interval is None:
        return _once(Looker(opening, World(), asked, since), forms, shown.form, wanted)
    return _watch(
        Looker(opening.quietly(), World(), asked, since), interval, shown.form, wanted, forms, health
    )


def _check(form: str, *, watching: bool, health: Path | None) -> None:
    """Raise UsageError for options that have no meaning together."""
    from reconcile.errors import UsageError

    if watching and form not in _LINES:
        raise UsageError(f"--watch tells lines, as text or jsonl; for {form} write --report {form}=PATH")
    if not watching and health is not None:
        raise UsageError("--health is for --watch")


_Forms = dict[str, "Callable[[Drift], str]"]


def _forms(wanted: Reports, text: Callable[[Drift], str]) -> _Forms:
    """Each form of the answer as a function of it."""
    return {
        "text": text,
        "json": _json,
        "jsonl": _line,
        "markdown": lambda drift: _markdown(drift, mask=wanted.mask),
    }


def _text(drift: Drift, look: Style) -> str:
    from reconcile.render.drift import drift_text

    return drift_text(drift, look)


def _json(drift: Drift) -> str:
    import json
    from importlib.metadata import version

    from reconcile.render.drift import drift_document

    document = drift_document(drift, version("clerk-reconcile"))
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _line(drift: Drift) -> str:
    """What --watch would tell of it."""
    from reconcile.cli.watching import line_of
    from reconcile.watch import follow, seen

    return line_of("jsonl", follow(None, seen(drift), "")) + "\n"


def _markdown(drift: Drift, *, mask: bool) -> str:
    from reconcile.render.drift import drift_markdown
    from reconcile.render.mask import Mask

    return drift_markdown(Mask().drift(drift) if mask else drift)


def _write(drift: Drift, forms: _Forms, wanted: Reports) -> None:
    wanted.write_texts({name: partial(write, drift) for name, write in forms.items()})


def _once(looker: Looker, forms: _Forms, form: str, wanted: Reports) -> int:
    from reconcile.errors import FilesError, PendingError
    from reconcile.model import Severity

    with looker.world.interrupts.heard():
        drift = looker.look()
    click.echo(forms[form](drift), nl=False)
    _write(drift, forms, wanted)
    if any(item.severity is Severity.ERROR for item in drift.findings):
        return FilesError.exit_code
    return PendingError.exit_code if drift.objects else 0


def _watch(
    looker: Looker, interval: float, form: str, wanted: Reports, forms: _Forms, health: Path | None
) -> int:
    from reconcile.cli.reports import check_writable
    from reconcile.cli.watching import Watch, line_of

    path = health.absolute() if health else None
    if path:
        check_writable("--health", path)
    watch = Watch(
        looker,
        interval,
        lambda one: _say(line_of(form, one)),
        lambda drift: _write(drift, forms, wanted),
        path,
    )
    watch.run()
    return 0


def _say(line: str) -> None:
    """One line, at once: whoever reads may be a program that waits for it."""
    import sys

    click.echo(line)
    sys.stdout.flush()
