"""Whatever a document looks like and whatever is wished of it: it says just that, and is otherwise what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconcile.edit.patch import changed
from reconcile.edit.spots import Items, Leaf, Members, page, within
from reconcile.edit.steps import Drop, Fresh, Insert, Put, Relist, steps
from reconcile.edit.wish import New, Stuck, Wish
from reconcile.load.nodes import Scalar, plain_value
from tests.edit.written import TAGS, documents, loaded, scalars, texts, values

if TYPE_CHECKING:
    from reconcile.edit.spots import AnySpot
    from reconcile.edit.steps import Step
    from reconcile.model import Json, Path


def wish_of(found: list[Step]) -> Wish:
    wish = Wish()
    for step in found:
        match step:
            case Put(path, value):
                wish.at(path).put = value
            case Drop(path):
                wish.at(path).gone = True
            case Insert(parent, name, value):
                wish.at(parent).added.append(New(value, name))
            case Relist(path, order):
                wish.at(path).order = [New(one.value) if isinstance(one, Fresh) else one for one in order]
    return wish


def edited(text: str, wanted: Json) -> str | None:
    """The text as wished; None for a list or map that begins behind the dash of another list, and cannot go by itself."""
    try:
        return changed(page(text, TAGS), wish_of(list(steps(loaded(text), wanted))))
    except Stuck as stuck:
        return None if "dash" in stuck.message else stuck.message


def places(value: Json, path: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for name, item in inner for place in places(item, (*path, name))]
    return [*([path] if path else []), *below]


def at(value: Json, path: Path) -> Json:
    for part in path:
        value = value[part]  # type: ignore[index]
    return value


def replaced(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    if isinstance(value, list):
        return [replaced(one, path[1:], new) if index == path[0] else one for index, one in enumerate(value)]
    assert isinstance(value, dict)
    return {name: replaced(one, path[1:], new) if name == path[0] else one for name, one in value.items()}


def spot_at(text: str, path: Path) -> AnySpot:
    spot = page(text, TAGS).root
    for part in path:
        if isinstance(spot, Members):
            spot = next(one.node for one in spot.members if one.key.text == part)
        else:
            assert isinstance(spot, Items)
            spot = spot.items[part]  # type: ignore[index]
    assert spot is not None
    return spot


def comments(text: str) -> list[str]:
    return [
        line[line.index("# ") :].rstrip()
        for line in text.splitlines()
        if "# comment" in line or "# behind" in line
    ]


@given(documents)
def test_every_value_stands_where_the_spots_say_and_is_what_the_loader_reads(text: str) -> None:
    found = page(text, TAGS)
    assert found.root is not None
    for spot in within(found.root):
        assert 0 <= spot.start <= spot.at <= spot.end <= len(text)
    assert _plain(found.root) == loaded(text)


def _plain(spot: AnySpot) -> Json:
    match spot:
        case Leaf():
            return plain_value(Scalar(spot.text, 0, not spot.style))
        case Items():
            return [_plain(item) for item in spot.items]
        case Members():
            return {one.key.text: _plain(one.node) for one in spot.members}
        case _:
            raise AssertionError(spot)


@settings(max_examples=150)
@given(documents, st.data())
def test_a_leaf_changes_and_not_a_character_around_it(text: str, data: st.DataObject) -> None:
    before = loaded(text)
    leaves = [path for path in places(before) if not isinstance(at(before, path), dict | list)]
    assume(leaves)
    path = data.draw(st.sampled_from(leaves))
    new = data.draw(scalars)
    wanted = replaced(before, path, new)

    after = changed(page(text, TAGS), wish_of([Put(path, new)]))

    assert loaded(after) == wanted
    spot = spot_at(text, path)
    head = max(text.rfind("\n", 0, spot.start), 0)
    tail = text[spot.end :]
    assert after.startswith(text[:head])
    assert after.endswith(tail[tail.index("\n") :])
    assert comments(after) == comments(text)
    assert after.count("\r") == (after.count("\n") if "\r" in text else 0)


@settings(max_examples=150)
@given(documents, values, st.data())
def test_whatever_is_wished_the_document_says_just_that(text: str, new: Json, data: st.DataObject) -> None:
    before = loaded(text)
    path = data.draw(st.sampled_from(places(before)))
    wanted = replaced(before, path, new)
    after = edited(text, wanted)
    assume(after is not None)
    assert after is not None
    assert loaded(after) == wanted
    spot = spot_at(text, path)
    if isinstance(spot, Leaf) and not any(isinstance(part, int) for part in path):
        assert after.startswith(text[: max(text.rfind("\n", 0, spot.start), 0)])


@settings(max_examples=150)
@given(documents, st.data())
def test_members_and_items_come_and_go(text: str, data: st.DataObject) -> None:
    before = loaded(text)
    path = data.draw(st.sampled_from([(), *places(before)]))
    found = at(before, path)
    if isinstance(found, dict):
        gone = data.draw(st.sets(st.sampled_from(sorted(found)))) if found else set()
        new = data.draw(st.dictionaries(texts.filter(lambda name: name not in found), values, max_size=2))
        inner: Json = {**{name: one for name, one in found.items() if name not in gone}, **new}
    elif isinstance(found, list):
        kept = [one for one in found if data.draw(st.booleans())]
        place = data.draw(st.integers(0, len(kept)))
        inner = [*kept[:place], *data.draw(st.lists(values, max_size=2)), *kept[place:]]
    else:
        inner = data.draw(values)
    wanted = replaced(before, path, inner)
    after = edited(text, wanted)
    assume(after is not None)
    assert after is not None
    assert (loaded(after) or {}) == wanted
    assert after.startswith("# head")
