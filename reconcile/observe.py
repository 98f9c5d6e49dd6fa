"""The live side, read concurrently: one call a page, only for the kinds that were asked for, and who we talk to."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from reconcile.errors import AnswerError, ApiError
from reconcile.model import Instance, Live, Object, Read, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from reconcile.client import Client
    from reconcile.model import Desired, Kind, Reference

PAGE = 500
_WORKERS = 16
_STAMPS = frozenset({"created_at", "updated_at"})
_GONE = {410: "the service has taken this away"}
_GATED = {402: "this needs a paid plan"}
_HIDDEN = frozenset({402, 403, 404})  # how an instance says that it does not show these now
_ID = re.compile(r"[A-Za-z0-9_-]+")  # files of ours are named after the one of the instance
Row = dict[str, Any]


def _anyone(_: Instance) -> None:
    return


def observe(
    client: Client,
    kinds: Iterable[Kind],
    *,
    probe: bool = False,
    skip_gated: bool = False,
    required: Container[str] = (),
    identify: Callable[[Instance], None] = _anyone,
) -> Live:
    """What the service says about the instance and these kinds; `probe` also reads groups that have no GET.

    Who answers is asked beside the other reads. Where `identify` raises, that is all that comes of them; groups that
    are read by a write of nothing are not touched before it has agreed. With `skip_gated` a kind that the plan of the
    instance does not include is missing; without, that is an error. Of `required` kinds none may be missing.
    """
    kinds = list(kinds)
    reasons = {**_GONE, **(_GATED if skip_gated else {})}

    def read(kind: Kind) -> Mapping[str, Object] | str:
        return read_kind(client, kind) if kind.name in required else _offered(client, kind, reasons)

    with ThreadPoolExecutor(_WORKERS) as pool:
        identity = pool.submit(client.get, "/instance")
        others = [kind for kind in kinds if kind.path != "/instance"]
        plain = [kind for kind in others if kind.read is not Read.ECHO]
        futures = {kind.name: pool.submit(read, kind) for kind in plain}
        instance = _mapping(identity.result(), "/instance")
        who = _who(instance)
        identify(who)
        probed = [kind for kind in others if probe and kind.read is Read.ECHO]
        futures.update((kind.name, pool.submit(read, kind)) for kind in probed)
        found = {name: future.result() for name, future in futures.items()}
    own = {kind.name: _singleton(kind, instance) for kind in kinds if kind.path == "/instance"}
    objects = {name: one for name, one in found.items() if not isinstance(one, str)}
    missing = {name: one for name, one in found.items() if isinstance(one, str)}
    return Live(who, {**objects, **own}, missing)


def _who(row: Row) -> Instance:
    """Who answers; raises AnswerError where that is nobody."""
    who = Instance(str(row.get("id", "")), str(row.get("environment_type", "")))
    if not _ID.fullmatch(who.id):
        raise AnswerError("GET /instance: the answer has no id of an instance in it; check api_url")
    return who


def _offered(client: Client, kind: Kind, reasons: Mapping[int, str]) -> Mapping[str, Object] | str:
    """The objects of a kind, or why the instance does not offer it: some statuses say just that."""
    try:
        return read_kind(client, kind)
    except ApiError as error:
        known = {**reasons, **({404: _GONE[410]} if kind.deprecated else {})}
        if error.status in known:
            return f"{known[error.status]} ({error})"
        raise


def read_kind(client: Client, kind: Kind) -> Mapping[str, Object]:
    """The objects of one kind by key."""
    if kind.read is Read.ECHO:
        return _singleton(kind, _mapping(client.send("PATCH", kind.path, {}), kind.path))
    if kind.singleton:
        return _singleton(kind, _mapping(client.get(kind.path), kind.path))
    rows = read_list(client, kind.path) if kind.read is Read.PAGED else read_whole(client, kind.path)
    return _by_key(kind, rows)


def _singleton(kind: Kind, row: Row) -> Mapping[str, Object]:
    return {kind.key: Object("", "", _fields(row))}


def _by_key(kind: Kind, rows: Iterable[Row]) -> Mapping[str, Object]:
    """Objects by normalised key; of two that are the same to us the first counts, because it was there first."""
    found: dict[str, Object] = {}
    for row in rows:
        try:
            text, member = row[kind.key], str(row[kind.member])
            key = kind.normalise(text)
        except (KeyError, TypeError, AttributeError) as error:
            raise AnswerError(
                f"GET {kind.path}: an entry has no {kind.key} or no {kind.member}; nothing was changed"
            ) from error
        if key not in found:
            key = text if key == text else key  # one text, not two that are equal
            found[key] = Object(key, member, _fields(row))
    return found


def _fields(row: Row) -> Row:
    """The row without its time stamps; nobody else holds it, and a copy of every row would double a long list."""
    for name in _STAMPS:
        row.pop(name, None)
    return row


def _mapping(answer: Any, path: str) -> Row:
    if not isinstance(answer, dict):
        raise AnswerError(
            f"GET {path}: answered {type(answer).__name__} instead of an object; nothing was changed"
        )
    return answer


def read_whole(client: Client, path: str) -> list[Row]:
    """A list whose call takes no paging parameters."""
    rows, total = _page(client.get(path), path)
    _check(path, rows, total)
    return rows


def read_list(client: Client, path: str, *, flagged: bool = True) -> list[Row]:
    """A list to its end, whichever of its two shapes the service answers in."""
    flag: Mapping[str, str | int] = {"paginated": "true"} if flagged else {}
    first, total = _page(client.get(path, {"limit": PAGE, "offset": 0, **flag}), path)
    rows = list(first)
    if total is not None:
        offsets = range(len(first) or PAGE, total, PAGE) if len(first) < total else range(0)
        rows.extend(_pages(client, path, offsets, flag))
    else:
        rows.extend(_until_short(client, path, first, flag))
    _check(path, rows, total)
    return rows


def _pages(client: Client, path: str, offsets: range, flag: Mapping[str, str | int]) -> Iterator[Row]:
    """The rest of a list of known length, several pages at a time."""
    if not offsets:
        return
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda offset: client.get(path, {"limit": PAGE, "offset": offset, **flag}), offsets
        )
        for answer in answers:
            yield from _page(answer, path)[0]


def _until_short(client: Client, path: str, page: list[Row], flag: Mapping[str, str | int]) -> Iterator[Row]:
    """The rest of a list of unknown length; a short page is the last, and so is one that came before."""
    offset, before = 0, page[:0]
    while len(page) == PAGE and page != before:
        offset, before = offset + PAGE, page
        page, _ = _page(client.get(path, {"limit": PAGE, "offset": offset, **flag}), path)
        yield from page


def _page(answer: Any, path: str) -> tuple[list[Row], int | None]:
    """The rows of one answer, and how many there are in all, where it says so."""
    match answer:
        case list():
            return answer, None
        case {"data": list(rows), "total_count": int(total)}:
            return rows, total
        case _:
            raise AnswerError(f"GET {path}: is neither a list nor a page of one; nothing was changed")


def read_named(
    client: Client, kinds: Mapping[str, Kind], desired: Desired, live: Live
) -> Mapping[str, frozenset[str]]:
    """The keys of what the files name by key, by its sort: looked up where the files name another than is live.

    A list that is refused or empty proves nothing: it shows once a switch is on, and reads trail behind.
    """
    found = {}
    for one in {ref.kind: ref for ref in _newly_named(kinds, desired, live)}.values():
        try:
            rows = read_list(client, one.path, flagged=False)
        except ApiError as error:
            if error.status not in _HIDDEN:
                raise
            continue
        found[one.kind] = frozenset(str(row.get(one.key)) for row in rows)
    return {name: keys for name, keys in found.items() if keys}


def _newly_named(kinds: Mapping[str, Kind], desired: Desired, live: Live) -> Iterator[Reference]:
    """Each reference that the files set to another key than is live, where the switch that it takes is on."""
    for name, section in desired.sections.items():
        there = live.objects.get(name, {})
        for field, reference in kinds[name].references.items():
            for key, declared in section.objects.items():
                wanted, fields = declared.fields.get(field), there[key].fields if key in there else {}
                on = not kinds[name].enables or fields.get(kinds[name].enables) is True
                if on and isinstance(wanted, Value) and wanted.value not in ("", fields.get(field)):
                    yield reference


def _check(path: str, rows: list[Any], total: int | None) -> None:
    """A list that does not add up is an error and never "nothing there"."""
    ids = {row.get("id") or row.get("slug") for row in rows if isinstance(row, dict)} - {None}
    if len(ids) != len(rows):
        raise AnswerError(
            f"GET {path}: an object came twice or without an id, so pages overlap; nothing was changed, try again"
        )
    if total is not None and len(rows) < total:
        raise AnswerError(
            f"GET {path}: {len(rows)} objects came where {total} were announced; nothing was changed, try again"
        )
