"""Whether files would say a secret, in whatever way it would be written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.edit import Edit
    from reconcile.model import Declared, Desired, Json, Kind
    from reconcile.redact import Redactor


def leaked(
    redact: Redactor,
    kinds: Mapping[str, Kind],
    sides: tuple[Desired, Desired],
    edits: Iterable[Edit],
) -> tuple[str, str] | None:
    """The first secret that files would hold and did not, and where; None where there is none.

    What is looked at is what the files want before and after, because YAML doubles quotes, indents lines and so on, and
    the bytes as well, because there are comments.
    """
    before = {text for _, text in _texts(kinds, sides[0])}
    for address, text in _texts(kinds, sides[1]):
        if text not in before and (name := redact.found(text)):
            return name, address
    for edit in edits:
        old, new = (
            redact.found((side or b"").decode("utf-8", "replace")) for side in (edit.before, edit.after)
        )
        if new and not old:
            return new, edit.path.name
    return None


def _texts(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[tuple[str, str]]:
    """Every text that files want, with the object that it is of."""
    for name, section in desired.sections.items():
        for key, declared in section.objects.items():
            address = kinds[name].address(key)
            yield from ((address, text) for text in (key, *_of(declared)))


def _of(declared: Declared) -> Iterator[str]:
    for value in declared.fields.values():
        if isinstance(value, Value):
            yield from _within(value.value)


def _within(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _within(item)
        case dict():
            for name, item in value.items():
                yield name
                yield from _within(item)
        case _:
            pass
