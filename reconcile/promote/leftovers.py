"""What of one environment must not stand in another: its hosts. No I/O here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconcile.model import Finding, Severity, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Declared, Desired, Json, Kind, Path
    from reconcile.promote.literals import Literal
    from reconcile.promote.own import Terms


def leftovers(kinds: Mapping[str, Kind], desired: Desired, terms: Terms) -> Iterator[Finding]:
    """A refusal for each value of `b` that still holds a text of `a`."""
    for name, section in desired.sections.items():
        for declared in section.objects.values():
            yield from _of(kinds[name], declared, terms)


def _of(kind: Kind, declared: Declared, terms: Terms) -> Iterator[Finding]:
    address = kind.address(declared.key)
    for path, text in _texts(kind, declared):
        found = terms.literals.left(text)
        name = ".".join(map(str, path))
        if found and not _kept(terms.keep, address, name):
            message = f"{name}: still holds {found.text} of {terms.a} ({found.source}); {_remedy(found, text, terms, path)}"
            where = message.removeprefix(": ")
            yield Finding(Severity.REFUSAL, "leftover", where, address, declared.place(path))


def _remedy(found: Literal, text: str, terms: Terms, path: Path) -> str:
    if row := terms.literals.carrier(text):
        return f"{row} puts it there: correct that row, or, if it is meant, name it under promote.keep"
    if not found.other:
        return f"add what stands for it in {terms.b}, as a variable or in a row of promote.map"
    what = "this value" if path else "this entry"
    return (
        f"{terms.b} has {found.other}: write {what} with a variable, set it in an overlay of {terms.b}, or, if it is "
        "meant, name it under promote.keep"
    )


def _kept(globs: Iterable[str], address: str, name: str) -> bool:
    """Whether somebody has said that this may stay, by the address or by the field."""
    names = (address, f"{address}.{name}")
    return any(glob in names or any(fnmatchcase(one, glob) for one in names) for glob in globs)


def _texts(kind: Kind, declared: Declared) -> Iterator[tuple[Path, str]]:
    """Every text of an object with its path; that of the key is empty."""
    if not kind.fixed:
        yield (), declared.key
    for name, value in declared.fields.items():
        if isinstance(value, Value):
            yield from _inside((name,), value.value)


def _inside(path: Path, value: Json) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside((*path, index), item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name), name
            yield from _inside((*path, name), item)
