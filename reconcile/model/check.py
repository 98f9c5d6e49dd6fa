"""What `doctor` found about one thing that a run depends on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How well one thing is: fine, worth knowing, in the way of a run, or not looked at because of another."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` says what to do where it is not fine."""

    topic: str
    level: Level
    message: str
    remedy: str = ""
