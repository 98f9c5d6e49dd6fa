"""The last barrier: exact occurrences of the secrets of a run are taken out of whatever is about to be shown or kept.

Secrets do not get that far by construction, because plans hold their names and digests. This is for what others say: a
server that echoes a key in an error, a library that puts a header into a message.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST = 8
"""Characters below which a value is no secret worth the name, and would be found in the middle of words."""

_LONG_LINE = 16
_DEEPEST = 4  # texts in texts: an error in a body in an error in a document
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLAIN = re.compile("[A-Za-z0-9]+")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_PAGE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})  # our own pages
_SLASHES = str.maketrans({"/": "\\/"})  # some write JSON like this, and some like that
_UNICODE = str.maketrans({"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "'": "\\u0027"})
_CAPITALS = str.maketrans({"&": "\\u0026", "<": "\\u003C", ">": "\\u003E", "'": "\\u0027"})
_HEX = re.compile("%[0-9A-F]{2}")


class _Form(NamedTuple):
    """One way to write a secret, and what is shown in its place."""

    text: str
    name: str
    core: str  # a part that is the same in every way to write it: a text without it has none of them
    first: str  # the first word of several, else nothing

    def within(self, text: str) -> bool:
        """Whether a text holds it, also where lines were broken."""
        return self.text in text or bool(self.first and self.first in text and self.broken.search(text))

    @property
    def broken(self) -> re.Pattern[str]:
        """How it looks where lines are broken to fit a terminal: any white space stands for any other."""
        return re.compile(r"\s+".join(map(re.escape, self.text.split())))


class Redactor:
    """Knows the secrets of one run by name. Safe to use from several threads."""

    def __init__(self) -> None:
        self._forms: dict[str, _Form] = {}
        self._ordered: tuple[_Form, ...] = ()
        self._cores: frozenset[str] = frozenset()
        self._known: set[tuple[str, str]] = set()
        self._heard: list[tuple[str, str]] = []  # and not looked at, because there was no text yet
        self._lock = Lock()

    def learn(self, name: str, value: str) -> None:
        """From now on take this value out, in each form in which texts may hold it."""
        if len(value) >= SHORTEST:
            with self._lock:
                if (name, value) not in self._known:
                    self._known.add((name, value))
                    self._heard.append((name, value))

    def __call__(self, text: str) -> str:
        """The text with the name of each secret in place of its value; without colours where they stand inside of one."""
        told = self._without(text)
        if "\x1b" in told:
            plain = _COLOUR.sub("", told)
            if any(form.within(plain) for form in self._likely(plain)):
                told = self._without(plain)
        return told

    def found(self, text: str) -> str:
        """The first secret that the text holds, as it would be shown; nothing where it holds none."""
        return next((form.name for form in self._likely(text) if form.text in text), "")

    def _without(self, text: str) -> str:
        for form in self._likely(text):
            text = text.replace(form.text, form.name)
            if form.first and form.first in text:
                text = form.broken.sub(form.name, text)
        return text

    def _likely(self, text: str) -> Sequence[_Form]:
        """The forms that a text may hold, the longest first: of most texts it is soon known that they hold none."""
        if self._heard:
            self._prepare()
        likely = [core for core in self._cores if core in text]
        return [form for form in self._ordered if form.core in likely] if likely else ()

    def _prepare(self) -> None:
        """Think of every way to write what was heard, which takes its time for a long secret."""
        with self._lock:
            for name, value in self._heard:
                lines = [line for line in value.splitlines() if len(line.strip()) >= _LONG_LINE]
                for secret in (value, *lines):
                    self._add(secret, f"[secret {name}]")
            self._ordered = tuple(sorted(self._forms.values(), key=lambda form: -len(form.text)))
            self._cores = frozenset(form.core for form in self._ordered)
            self._heard.clear()

    def _add(self, secret: str, name: str) -> None:
        core = max(_PLAIN.findall(secret), key=len, default="")
        for form in forms(secret) - self._forms.keys():
            self._forms[form] = _Form(form, name, core, _first_of_several(form))


def _first_of_several(form: str) -> str:
    words = form.split(maxsplit=1)
    return words[0] if len(words) > 1 else ""


def forms(value: str) -> set[str]:
    """A value as it is, as JSON and Python write it, and texts in such texts; and each of these in HTML and in URLs."""
    import json  # noqa: PLC0415 - only a run that has secrets needs these
    from urllib.parse import quote, quote_plus  # noqa: PLC0415

    texts = new = {value}
    for _ in range(_DEEPEST):
        new = {
            written[1:-1]
            for one in new
            for written in (json.dumps(one), json.dumps(one, ensure_ascii=False), repr(one))
        } - texts
        texts |= new
    texts |= {
        one.translate(table)
        for one in texts
        for table in (_SLASHES, _UNICODE, _UNICODE | _SLASHES, _CAPITALS)
    }
    urls = {quote(one, safe=safe, errors="replace") for one in texts for safe in ("", "/")}
    urls |= {quote_plus(one, errors="replace") for one in texts}
    urls |= {_HEX.sub(lambda found: found[0].lower(), url) for url in urls}
    return {
        form
        for form in (*texts, *(one.translate(table) for one in texts for table in (_HTML, _PAGE)), *urls)
        if len(form) >= SHORTEST
    }
