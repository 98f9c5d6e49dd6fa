"""YAML documents as people write them, for Hypothesis: every style, comments, blank lines, anchors, either line end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from reconcile.load.nodes import Mapping, Node, Scalar, Sequence, plain_value
from reconcile.load.yaml12 import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Json

TAGS = frozenset({"!file", "!lines"})

characters = st.characters(
    codec="utf-8",
    exclude_categories=["Cs", "Cc", "Zl", "Zp"],
    exclude_characters="\ufeff\ufffe\uffff",
    include_characters="\t",
)
texts = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "NO",
            "true",
            "null",
            "~",
            "1",
            "1.5",
            "0x1F",
            "+15555550100",
            "2026-05-12",
            "{{user.id}}",
            "*@x",
        ]
    ),
    st.sampled_from(
        ["a: b", "#x", " #x", "x #y", "- a", "'", '"', "\\", "a,b", "[x]", "{x}", "!x", "&x", "%x", "@x", "?"]
    ),
    st.sampled_from(
        [
            "${var.x}",
            "$${",
            "👋 שלום",
            "a\nb",
            "a\n\n  b\n",
            "\n",
            " a ",
            "a\n ",
            "\ta",
            "<<",
            ":",
            "a:",
            "|",
            ">",
        ]
    ),
    st.text(characters, max_size=12),
)
numbers = st.one_of(st.integers(-(10**6), 10**6), st.sampled_from([0.5, -1.25, 1e30]))
scalars: st.SearchStrategy[Json] = st.one_of(texts, numbers, st.booleans(), st.none())
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["a", "b c", "https://x.y/z", "x-y", "0", "NO", "k#", "ключ", "null", "d.e"])


@dataclass(frozen=True)
class Style:
    """How one document is written: what is drawn for each place, in turn."""

    draws: tuple[int, ...]

    def turn(self, place: int, choices: int) -> int:
        return self.draws[place % len(self.draws)] % choices


class Writer:
    """Writes a value in styles that are drawn, with comments between."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._place = 0

    def _turn(self, choices: int) -> int:
        self._place += 1
        return self._style.turn(self._place, choices)

    def document(self, value: dict[str, Json]) -> str:
        return "".join(f"{line}\n" for line in ["# head", *self._block(value, 0)])

    def _comments(self, indent: int) -> Iterator[str]:
        for _ in range(self._turn(3) - 1):
            yield " " * indent + f"# comment {self._place}" if self._turn(2) else ""

    def _behind(self) -> str:
        return f"  # behind {self._place}" if self._turn(4) == 0 else ""

    def _block(self, value: Json, indent: int) -> Iterator[str]:
        pad = " " * indent
        if isinstance(value, dict):
            for name, item in value.items():
                yield from self._comments(indent)
                yield from self._entry(f"{pad}{quoted(name)}:", item, indent + 1 + self._turn(3))
        elif isinstance(value, list):
            for item in value:
                yield from self._comments(indent)
                if isinstance(item, dict) and item and self._turn(2):
                    first, *rest = [
                        line
                        for line in self._block(item, indent + 2)
                        if line.strip() and line.lstrip()[0] != "#"
                    ]
                    yield f"{pad}- {first.lstrip(' ')}"
                    yield from rest
                else:
                    yield from self._entry(f"{pad}-", item, indent + 2)

    def _entry(self, head: str, item: Json, inner: int) -> Iterator[str]:
        if isinstance(item, dict | list) and item:
            if self._turn(3) == 0:
                yield f"{head} {flow(item)}{self._behind()}"
                return
            yield head + (f" &n{self._place}" if self._turn(8) == 0 else "") + self._behind()
            yield from self._block(item, inner)
        elif isinstance(item, str) and self._literal(item):
            yield f"{head} |" + ("" if item.endswith("\n") else "-")
            yield from (" " * inner + line if line else "" for line in item.removesuffix("\n").split("\n"))
        else:
            yield f"{head} {self._scalar(item)}{self._behind()}"

    def _literal(self, item: str) -> bool:
        lines = item.split("\n")
        fits = (
            "\t" not in item
            and item.strip(" \n")
            and lines[0].strip() == lines[0].lstrip()
            and lines[0][:1].strip()
        )
        return bool(fits and not item.endswith("\n\n") and not lines[-1].isspace() and self._turn(2))

    def _scalar(self, item: Json) -> str:
        if isinstance(item, str) and item.isascii() and item.isprintable():
            turn = self._turn(3)
            if turn == 0:
                return "'" + item.replace("'", "''") + "'"
            if (
                turn == 1
                and item.isalnum()
                and item.isalpha()
                and plain_value(Scalar(item, 0, plain=True)) == item
            ):
                return item
        return flow(item)


def quoted(name: str) -> str:
    return (
        name if name.isalpha() and name.isascii() and len(name) == 1 else json.dumps(name, ensure_ascii=False)
    )


def flow(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


documents = st.builds(
    lambda value, draws, eol: Writer(Style(tuple(draws))).document(value).replace("\n", eol),
    st.dictionaries(names, values, min_size=1, max_size=4),
    st.lists(st.integers(0, 23), min_size=5, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
)


def loaded(text: str) -> Json:
    """What our loader reads."""
    node, problems = read(text.encode(), tags=TAGS)
    assert problems == (), (problems, text)
    return plain(node)


def plain(node: Node | None) -> Json:
    match node:
        case Scalar():
            return plain_value(node)
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(entries):
            return {name: plain(entry.node) for name, entry in entries.items()}
        case None:
            return None
