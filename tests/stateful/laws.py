"""What has to hold, looked up in the simulator's own records and not in what the product says of them."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import TYPE_CHECKING, Any

from reconcile.simulator.settings import _SAME_SWITCH
from tests.lab import known
from tests.matrix.play import part
from tests.stateful.wishes import ENTRIES, NAMES, OBJECTS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Plan
    from tests.stateful.house import House

    Wishes = Mapping[str, Any]
    Objects = Mapping[str, Mapping[str, Any]]


def held(house: House) -> Objects:
    """A copy of what the instance holds now, time stamps and all."""
    found: Objects = pickle.loads(pickle.dumps(house.data["objects"]))  # noqa: S301 - our own
    return found


def twice(now: Objects) -> list[str]:
    """Names that stand for more than one object."""
    owners = {**{kind.path.rpartition("/")[2]: kind.key for kind in known().kinds.values() if kind.key}}
    names = Counter(
        f"{owner}/{record[field]}"
        for owner, field in owners.items()
        for record in now.get(owner, {}).values()
        if field in record
    )
    return [name for name, count in names.items() if count > 1]


def unfulfilled(wishes: Wishes, house: House) -> Iterator[tuple[str, str]]:
    """What the files want and the instance does not hold, as far as it keeps it in the form in which it was sent."""
    now = house.data["objects"]
    for section, wish in wishes.items():
        if section in ENTRIES:
            yield from _of_list(section, wish, now)
        elif section in SETTINGS:
            yield from _of_settings(section, wish, now)
        elif section in OBJECTS:
            yield from _of_objects(section, wish, house)


def _of_list(section: str, wish: Mapping[str, Any], now: Objects) -> Iterator[tuple[str, str]]:
    entries = wish["urls" if section == "redirect_urls" else "identifiers"]
    there = {record[NAMES[section]] for record in _records(section, now)}
    yield from ((f"{section}.{one}", "is not there") for one in entries if one not in there)
    if wish.get("prune"):
        yield from ((f"{section}.{one}", "is still there") for one in there if one not in entries)


def _of_settings(section: str, wish: Mapping[str, Any], now: Objects) -> Iterator[tuple[str, str]]:
    for name, value in wish.items():
        home, field = _SAME_SWITCH.get((section, name), (section, name))
        is_now = now["settings"][home].get(field)
        if _plain(is_now) != _plain(value):
            yield f"{section}.{name}", f"is {is_now!r} and not {value!r}"


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _of_objects(section: str, wish: Mapping[str, Any], house: House) -> Iterator[tuple[str, str]]:
    kind = next(kind for kind in known().kinds.values() if kind.section == section)
    there = {record[kind.key]: record for record in house.api.everything(kind.path)}
    for name, fields in wish.items():
        record = there.get(name, {})
        if fields.get("state") == "default" and record["resource_type"] == "user":
            yield f"{section}.{name}", "is not the service's own"
        for field in ("claims", "lifetime", "subject", "delivered_by_clerk"):
            if field in fields and record.get(field) != fields[field]:
                yield f"{section}.{name}", f"{field} is {record.get(field)!r} and not {fields[field]!r}"


def _records(section: str, now: Objects) -> list[Mapping[str, Any]]:
    path = next(kind.path for kind in known().kinds.values() if kind.section == section)
    return list(now.get(path.rpartition("/")[2], {}).values())


def undeclared(wishes: Wishes, now: Objects) -> dict[str, Any]:
    """What no file mentions: whole lists and groups, and objects by themselves."""
    found: dict[str, Any] = {}
    for section in ENTRIES:
        wish = wishes.get(section, {})
        entries = wish.get("urls" if section == "redirect_urls" else "identifiers", ())
        for record in () if wish.get("prune") else _records(section, now):
            if record[NAMES[section]] not in entries:
                found[f"{section}/{record['id']}"] = record
    named = wishes.get("jwt_templates", {})
    former = {one.get("renamed_from") for one in named.values()}
    for record in now.get("jwt_templates", {}).values():
        if record["name"] not in named and record["name"] not in former:
            found[f"jwt_templates/{record['id']}"] = record
    for key, record in now.get("templates", {}).items():
        channel, _, slug = key.partition("/")
        if slug not in wishes.get(f"{channel}_templates", {}):
            found[f"templates/{key}"] = record
    twins = {home for (group, _), (home, _) in _SAME_SWITCH.items() if group in wishes}
    for group, fields in now["settings"].items():
        if group not in wishes and group not in twins:
            found[f"settings/{group}"] = fields
    return found


def parts(plan: Plan, now: Objects) -> dict[str, Any]:
    """What an instance holds at each address of a plan."""
    return {change.address: part(change, now) for change in plan.changes}
