"""Rules of faults from a YAML file."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import yaml

from reconcile.simulator.faults import METHODS, Fault, Faults, SecondWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Problem = tuple[int, str]
"""A line of the file, and what is wrong there."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST = 4 << 20
_FORM = "holds a list of rules under `faults`, and nothing else"


class BadFaults(ValueError):  # noqa: N818 - the faults are bad; the text says in which way
    """A file of rules that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {line}: {text}" for line, text in problems))
        self.problems = tuple(problems)


def read(path: Path) -> Faults:
    """The rules in a file; raises BadFaults with every problem at once."""
    if not path.is_file():
        raise BadFaults([(1, "is no regular file")])
    if path.stat().st_size > _LARGEST:
        raise BadFaults([(1, f"is larger than {_LARGEST >> 20} MiB")])
    try:
        return _rules(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadFaults([(1, "the file is not UTF-8")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadFaults(
            [(mark.line + 1 if mark else 1, getattr(error, "problem", None) or str(error))]
        ) from error


def _rules(text: str) -> Faults:
    """The rules in a text."""
    loader = _LOADER(text)
    try:
        rules: list[Fault | None] = []
        problems: list[Problem] = []
        for number, node in enumerate(_listed(loader.get_single_node()), start=1):
            line = node.start_mark.line + 1
            wrong = list(_repeated(node))
            given = loader.construct_document(node)
            rule = None if wrong else _rule(given, wrong)
            rules.append(rule)
            problems.extend((line, f"rule {number}: {text}") for text in wrong)
    finally:
        loader.dispose()
    if problems:
        raise BadFaults(problems)
    return Faults(rule for rule in rules if rule is not None)


def _listed(root: yaml.Node | None) -> list[yaml.Node]:
    """The nodes of the rules."""
    line = root.start_mark.line + 1 if root else 1
    members = root.value if isinstance(root, yaml.MappingNode) else []
    if [name.value for name, _ in members] != ["faults"] or not isinstance(members[0][1], yaml.SequenceNode):
        raise BadFaults([(line, f"a file of faults {_FORM}")])
    rules: list[yaml.Node] = members[0][1].value
    return rules


def _repeated(node: yaml.Node) -> Iterator[str]:
    """Members that a rule has twice."""
    names = [name.value for name, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    yield from (f"{name} stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1)


def _rule(given: dict[str, Any], wrong: list[str]) -> Fault | None:
    """A rule as a value; what is wrong with it is added to `wrong`."""
    if not _is_map(given):
        wrong.append("is not a map")
        return None
    wrong.extend(_type_mistakes(given, _TAKES))
    if wrong:
        return None
    words = {_WORDS.get(name, name): _VALUES.get(name, _as_given)(value) for name, value in given.items()}
    try:
        return Fault(**words)
    except ValueError as error:
        wrong.append(str(error))
        return None


def _type_mistakes(given: dict[str, Any], takes: dict[str, Taker]) -> Iterator[str]:
    """Members that nobody knows, and members of the wrong sort."""
    for name, value in given.items():
        if name not in takes:
            yield f"{name} is unknown; known are {', '.join(takes)}"
        elif not takes[name][0](value):
            yield f"{name}: takes {takes[name][1]}"


def _is_text(value: Any) -> bool:
    """A text."""
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    """A text, or a list of some."""
    return _is_text(value) or (isinstance(value, list) and bool(value) and all(map(_is_text, value)))


def _is_whole(value: Any) -> bool:
    """A whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    """A number that can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_true(value: Any) -> bool:
    """Nothing but true: what is not wanted is left out."""
    return value is True


def _is_map(value: Any) -> bool:
    """A map whose keys are texts."""
    return isinstance(value, dict) and all(map(_is_text, value))


def _is_wait(value: Any) -> bool:
    """What `retry_after` takes."""
    dated = isinstance(value, dict) and list(value) == ["date"] and _is_number(value["date"])
    return dated or _is_text(value) or (_is_number(value) and value >= 0)


def _is_writer(value: Any) -> bool:
    """What `second_writer` takes."""
    return _is_map(value) and not any(_type_mistakes(value, _WRITER_TAKES))


Taker = tuple["Callable[[Any], bool]", str]
_TEXT: Taker = (_is_text, "a text")
_WHOLE: Taker = (_is_whole, "a whole number")
_SECONDS: Taker = (_is_number, "a number of seconds")
_TRUE: Taker = (_is_true, "true")
_WRITER_TAKES: dict[str, Taker] = {
    "method": (lambda value: value in METHODS[1:], "a method that writes"),
    "path": (
        lambda value: _is_text(value) and value.startswith("/") and not value.startswith("/v1/"),
        "a path",
    ),
    "body": (_is_map, "a map"),
}
_TAKES: dict[str, Taker] = {
    # member of a rule: what it takes
    "method": (_is_texts, "a method, or a list of methods"),
    "path": _TEXT,
    "nth": _WHOLE,
    "from": _WHOLE,
    "times": (lambda value: _is_whole(value) or value == "all", "a whole number, or all"),
    "share": (_is_number, "a number"),
    "status": _WHOLE,
    "code": _TEXT,
    "feature": _TEXT,
    "param": _TEXT,
    "body": (_is_text, "html, empty, echo, or another text"),
    "retry_after": (_is_wait, "seconds, {date: seconds}, or a text"),
    "after": _TRUE,
    "reset": (_is_text, "before or after"),
    "lost": _TRUE,
    "slow": _SECONDS,
    "truncate": _TRUE,
    "not_json": _TRUE,
    "stale": _SECONDS,
    "drop": (_is_texts, "a field, or a list of fields"),
    "rewrite": (lambda value: _is_map(value) and bool(value), "a map from fields to values"),
    "second_writer": (
        _is_writer,
        "a map of method, path (without /v1) and body, each of which may be left out",
    ),
}
_WORDS = {"from": "from_"}


def _as_given(value: Any) -> Any:
    """Most values mean what they are."""
    return value


def _as_tuple(value: Any) -> tuple[str, ...]:
    """One text or several."""
    return (value,) if isinstance(value, str) else tuple(value)


_VALUES: dict[str, Callable[[Any], Any]] = {
    "method": _as_tuple,
    "drop": _as_tuple,
    "second_writer": lambda value: SecondWriter(**value),
}
