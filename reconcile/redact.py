"""The last barrier: exact occurrences of the secrets of a run are taken out of whatever is about to be shown or kept.

Secrets do not get that far by construction, because plans hold their names and digests. This is for what others say: a
server that echoes a key in an error, a library that puts a header into a message.
"""

from __future__ import annotations

from threading import Lock

SHORTEST = 8
"""Characters below which a value is no secret worth the name, and would be found in the middle of words."""

_LONG_LINE = 16


class Redactor:
    """Knows the secrets of one run by name. Safe to use from several threads."""

    def __init__(self) -> None:
        self._forms: dict[str, str] = {}
        self._ordered: tuple[tuple[str, str], ...] = ()
        self._lock = Lock()

    def learn(self, name: str, value: str) -> None:
        """From now on take this value out, in each form in which texts may hold it."""
        if len(value) < SHORTEST:
            return
        with self._lock:
            for form in forms(value):
                self._forms.setdefault(form, f"[secret {name}]")
            self._ordered = tuple(sorted(self._forms.items(), key=lambda item: -len(item[0])))

    def __call__(self, text: str) -> str:
        """The text with the name of each secret in place of its value."""
        for form, name in self._ordered:
            text = text.replace(form, name)
        return text

    def found(self, text: str) -> str:
        """The first secret that the text holds, as it would be shown; nothing where it holds none."""
        return next((name for form, name in self._ordered if form in text), "")


def forms(value: str) -> set[str]:
    """A value as it is, as JSON, Python, HTML and URLs write it, and each long line of one that has several."""
    import json  # noqa: PLC0415 - only a run that has secrets needs these
    from html import escape  # noqa: PLC0415
    from urllib.parse import quote, quote_plus  # noqa: PLC0415

    lines = [line for line in value.splitlines() if len(line.strip()) >= _LONG_LINE]
    written = (
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(value)[1:-1])[1:-1],
        repr(value)[1:-1],
        escape(value),
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        quote(value, safe="").lower(),
    )
    return {form for form in (*written, *lines) if len(form) >= SHORTEST}
