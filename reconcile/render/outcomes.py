"""What people read while a plan is carried out, and after it. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Status
from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Outcome, Plan, Unverified

_BAR = 24  # columns
_SHORTEST = 8  # columns, below which a bar tells nothing


def progress_text(ended: int, total: int, seconds: float) -> str:
    """How far a run is, how fast it went so far, and how long the rest will take at that."""
    rate = ended / seconds if seconds > 0 else 0.0
    left = f", {_duration((total - ended) / rate)} left" if rate else ""
    return f"… {ended:,} of {total:,}, {rate:,.1f} a second{left}"


def bar_text(ended: int, total: int, seconds: float, room: int) -> str:
    """The same in a form that is drawn again and again in one place of a terminal; the bar takes what room is left."""
    text = progress_text(ended, total, seconds)
    bar = min(_BAR, room - len(text))
    if bar < _SHORTEST:
        return text
    full = ended * bar // total if total else bar
    return f"{'█' * full}{'░' * (bar - full)} {text.removeprefix('… ')}"


def reading_text(calls: int, seconds: float) -> str:
    """How long reading takes already. How much there is nobody knows before it has been read."""
    noun = "call" if calls == 1 else "calls"
    return f"… reading: {calls:,} {noun} in {_duration(seconds)}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def sent_unread(after: Plan, outcomes: Iterable[Outcome]) -> tuple[Unverified, ...]:
    """What was sent just now and no call returns: answered as done, and confirmed by nothing else."""
    done = {outcome.address for outcome in outcomes if outcome.status is Status.DONE}
    return tuple(item for item in after.unverified if item.address in done)


def sent_unread_text(after: Plan, outcomes: Iterable[Outcome]) -> str:
    """The same for people; empty where everything could be read."""
    fields: dict[str, list[str]] = {}
    for item in sent_unread(after, outcomes):
        fields.setdefault(item.address, []).append(".".join(map(str, item.path)))
    lines = [safe(f"  {address}: {', '.join(names)}") for address, names in fields.items()]
    title = "Unconfirmed: the service took these and no call returns them"
    return "\n".join([title, *lines]) if lines else ""
