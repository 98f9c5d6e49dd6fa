"""From the events of one file to its node and its mistakes. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconcile.load.aliases import DEEPEST, Aliases, too_deep
from reconcile.load.encoding import split_lines
from reconcile.load.mistakes import braces, explain, quoted
from reconcile.load.nodes import Entry, Mapping, Node, Problem, Scalar, Sequence, Unreadable
from reconcile.load.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.load.events import EventSource

_STANDARD = "tag:yaml.org,2002:"
_STRING = _STANDARD + "str"
_new = tuple.__new__  # makes a NamedTuple in half the time that calling its class takes


class _Open(NamedTuple):
    """A list or map whose end has not been read yet; a map's children are key, value, key, value."""

    children: list[Node]
    keyed: bool = False
    flow: bool = False
    line: int = 1
    tag: str | None = None
    anchor: str | None = None


class Builder:
    """Builds the node of one file, and collects in `problems` what is wrong with it."""

    def __init__(self, text: str, tags: frozenset[str], problems: list[Problem]) -> None:
        self.problems = problems
        self._text = text
        self._tags = tags
        self._stack = [_Open([])]
        self._add = self._stack[0].children.append
        self._aliases = Aliases()
        self._brace_lines: set[int] = set()
        self._lines: list[str] = []

    def root(self) -> Node | None:
        """The first document; None when it is empty or was not read to its end."""
        first = next(iter(self._stack[0].children), None)
        empty = isinstance(first, Scalar) and first.plain and not first.text and first.tag is None
        return None if empty else first

    def consume(self, events: EventSource) -> None:
        """Read to the end of the file, or to where it cannot be read on."""
        try:
            self._consume(events)
        except Unreadable as stop:
            self.problems.append(stop.problem)
        except yaml.MarkedYAMLError as error:
            problem = explain(error, self._text)
            if not self._follows_from_braces(problem):
                self.problems.append(problem)
        self._check_unfinished()

    def _check_unfinished(self) -> None:
        """Report also what is wrong with the maps whose end could not be read."""
        for unfinished in self._stack:
            if unfinished.keyed:
                self._mapping(unfinished)

    def _consume(self, events: EventSource) -> None:
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._marked_scalar,
            AliasEvent: self._alias,
            SequenceStartEvent: self._open,
            MappingStartEvent: self._open,
            SequenceEndEvent: self._close,
            MappingEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
        }
        next_event = events.get_event
        while (kind := type(event := next_event())) is not yaml.StreamEndEvent:
            if kind is ScalarEvent and event.anchor is None and event.tag is None:
                self._add(_new(Scalar, (event.value, event.start_mark.line + 1, not event.style, None)))
            elif kind in handlers:
                handlers[kind](event)

    def _document(self, event: Any) -> None:
        if self._stack[0].children:
            line = event.start_mark.line + 1
            raise Unreadable(Problem(line, "a second document starts here; put it into a file of its own"))

    def _marked_scalar(self, event: Any) -> None:
        line = event.start_mark.line + 1
        forced = event.tag == _STRING
        tag = None if forced else self._known_tag(event.tag, line)
        if tag and self._expects_key():
            self._report(line, f"the tag `{tag}` stands before a key; move it behind the colon")
        node = Scalar(event.value, line, not (event.style or forced), tag)
        self._aliases.open(event.anchor)
        self._aliases.close(event.anchor, node)
        self._add(node)

    def _open(self, event: Any) -> None:
        line = event.start_mark.line + 1
        keyed = type(event) is MappingStartEvent
        if len(self._stack) > DEEPEST:
            raise too_deep(line)
        if self._expects_key():
            start = event.start_mark.index
            asked = self._text[max(0, start - 80) : start].rstrip().endswith("?")
            self._refuse_key(line, in_braces=keyed and self._stack[-1].flow and not asked)
        self._aliases.open(event.anchor)
        tag = self._known_tag(event.tag, line)
        self._stack.append(_Open([], keyed, bool(event.flow_style), line, tag, event.anchor))
        self._add = self._stack[-1].children.append

    def _close(self, _: Any) -> None:
        done = self._stack.pop()
        self._add = self._stack[-1].children.append
        node = self._mapping(done) if done.keyed else Sequence(tuple(done.children), done.line, done.tag)
        self._aliases.close(done.anchor, node)
        self._add(node)

    def _mapping(self, done: _Open) -> Mapping:
        entries: dict[str, Entry] = {}
        children = iter(done.children)
        for key, node in zip(children, children, strict=False):
            if not isinstance(key, Scalar):
                continue  # reported when it began
            if key.text in entries:
                self._report_twice(key, entries[key.text])
            else:
                entries[key.text] = _new(Entry, (key.line, node))
        if "<<" in entries and Scalar("<<", entries["<<"].line, plain=True) in done.children[::2]:
            entries = self._merge(entries)
        return Mapping(entries, done.line, done.tag)

    def _merge(self, entries: dict[str, Entry]) -> dict[str, Entry]:
        """Add what `<<` names: the map's own keys count before it, and earlier maps of a list before later ones."""
        line, node = entries.pop("<<")
        merged: dict[str, Entry] = {}
        for source in reversed(node.items if isinstance(node, Sequence) else (node,)):
            if isinstance(source, Mapping):
                merged |= source.entries
            elif all(problem.line != line for problem in self.problems):
                self._report(
                    line, "`<<` takes in maps only; name one that is marked with `&name`, as in `<<: *name`"
                )
        return merged | entries

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        node = self._aliases.resolve(event.anchor)
        if node is None:
            self._report_alias(event.anchor, line)
            node = Scalar("*" + event.anchor, line, plain=False)
        elif self._expects_key() and not isinstance(node, Scalar):
            self._refuse_key(line, in_braces=False)
        self._aliases.count(node, line, levels=len(self._stack) - 1)
        self._add(node)

    def _expects_key(self) -> bool:
        innermost = self._stack[-1]
        return innermost.keyed and len(innermost.children) % 2 == 0

    def _known_tag(self, tag: str | None, line: int) -> str | None:
        if tag is None or tag in self._tags:
            return tag
        allowed = f"use {' or '.join(sorted(self._tags))}" if self._tags else "remove it"
        if tag in VERBS:
            self._report(line, f"`{tag}` changes what stands in another file; move this into an overlay")
            return None
        shown = tag.replace(_STANDARD, "!!")
        self._report(
            line, f"`{shown}` is not a tag that is known here; {allowed}, or quote the value if it is text"
        )
        return None

    def _refuse_key(self, line: int, *, in_braces: bool) -> None:
        if in_braces:
            self._brace_lines.add(line)
            self._lines = self._lines or split_lines(self._text)
            self.problems.append(braces(line, self._lines[line - 1]))
        else:
            self._report(line, "a key has to be text, not a list or a map; write `key: value`, without `?`")

    def _follows_from_braces(self, problem: Problem) -> bool:
        unfinished = {still_open.line for still_open in self._stack if still_open.flow}
        return not self._brace_lines.isdisjoint({problem.line, *unfinished})

    def _report_twice(self, key: Scalar, first: Entry) -> None:
        both = "name all maps in one, as in `<<: [*a, *b]`" if key.text == "<<" else "keep one of the two"
        self._report(key.line, f"the key `{key.text}` stands on line {first.line} already; {both}")

    def _report_alias(self, name: str, line: int) -> None:
        what = f"`*{name}` stands inside of what it names; write it out"
        if name not in self._aliases:
            what = f"nothing above is marked `&{name}`; mark it"
        self._report(line, f"{what}, or quote the value if it is text: {quoted('*' + name)}")

    def _report(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, message))
