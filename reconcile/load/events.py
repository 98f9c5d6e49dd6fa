"""The parsers of PyYAML as a source of events, so that nothing else needs to know which of the two is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from yaml.scanner import ScannerError

if TYPE_CHECKING:
    from collections.abc import Callable

_SURROGATE = re.compile("[\ud800-\udfff]")
_BAD_ESCAPE = "found invalid Unicode character escape code"


class EventSource(Protocol):
    """Yields the events of one file, one call at a time; raises yaml.MarkedYAMLError where it cannot go on."""

    def get_event(self) -> Any:
        """The next event; the last one is a StreamEndEvent."""
        ...


class PythonParser(yaml.BaseLoader):
    """The slow parser, made to refuse what the fast one refuses: escapes that are no characters."""

    def get_event(self) -> Any:
        """The next event; the last one is a StreamEndEvent."""
        try:
            event = super().get_event()  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError) as bad:
            raise ScannerError(None, None, _BAD_ESCAPE, self.get_mark()) from bad
        if isinstance(event, yaml.ScalarEvent) and _SURROGATE.search(event.value):
            raise ScannerError(None, None, _BAD_ESCAPE, self.get_mark())
        return event


BEST_PARSER: Callable[[str], EventSource] = getattr(yaml, "CBaseLoader", PythonParser)
"""The one that libyaml drives, where PyYAML was built with it: several times faster."""
