"""Hypothesis strategies for the values that plans are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Plan,
    Ref,
    Secret,
    Severity,
    Source,
    Unverified,
    Value,
)

if TYPE_CHECKING:
    from reconcile.model import Json, Tagged

TAGS = ("value", "absent", "unreadable", "secret", "digest", "ref", "")
texts = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.sampled_from(TAGS) | texts
leaves: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
jsons: st.SearchStrategy[Json] = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
maps: st.SearchStrategy[dict[str, Json]] = st.dictionaries(names, jsons, max_size=4)
tagged: st.SearchStrategy[Tagged] = st.one_of(
    jsons.map(Value),
    st.just(ABSENT),
    st.just(UNREADABLE),
    st.builds(Secret, texts, texts),
    st.builds(Ref, texts),
)
paths = st.lists(names | st.integers(0, 9), min_size=1, max_size=3).map(tuple)
origins = st.none() | st.builds(Origin, texts, st.integers(0, 99))
field_changes = st.builds(FieldChange, paths, tagged, tagged)
changes = st.builds(
    Change,
    address=texts,
    kind=texts,
    key=texts,
    action=st.sampled_from(Action),
    id=texts,
    live_digest=texts,
    needs=st.lists(texts, max_size=2).map(tuple),
    origin=origins,
    fields=st.lists(field_changes, max_size=3).map(tuple),
    body=st.dictionaries(names, tagged, max_size=3),
    live=st.dictionaries(names, tagged, max_size=3),
)
findings = st.builds(Finding, st.sampled_from(Severity), texts, texts, texts, origins)
unverified = st.builds(Unverified, texts, paths, tagged, texts, st.dictionaries(names, tagged, max_size=2))
plans = st.builds(
    Plan,
    environment=texts,
    instance=st.builds(Instance, texts, texts),
    changes=st.lists(changes, max_size=3).map(tuple),
    unverified=st.lists(unverified, max_size=2).map(tuple),
    in_sync=st.lists(texts, max_size=2).map(tuple),
    unmanaged=st.lists(texts, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    complete=st.booleans(),
    source=st.builds(Source, texts, st.booleans()),
)
