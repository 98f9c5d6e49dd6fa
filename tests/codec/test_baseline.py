"""What files and instance agree on survives JSON, and what is none of ours is refused with a remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.baseline import APPLIED
from reconcile.codec import decode_baseline, encode_baseline
from reconcile.errors import FilesError
from reconcile.model import Baseline, Declared, Desired, Section
from tests.values import maps, tagged, texts

declared = st.builds(
    Declared, texts, st.just(APPLIED), st.dictionaries(texts, tagged, max_size=3), default=st.booleans()
)
rows = st.lists(declared, max_size=3).map(lambda rows: {one.key: one for one in rows})
sections = st.builds(Section, st.just(APPLIED), rows, st.booleans())
baselines = st.builds(
    Baseline,
    st.dictionaries(texts, sections, max_size=3).map(Desired),
    texts,
    texts,
    st.booleans(),
    st.booleans(),
)


@given(baselines)
def test_a_base_survives_json(baseline: Baseline) -> None:
    document = json.loads(json.dumps(encode_baseline(baseline, "ins_1")))

    assert decode_baseline(document, "ins_1") == baseline


@given(maps)
def test_what_is_no_base_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(FilesError, match="remove it"):
        decode_baseline({"format_version": "1", "instance": "ins_1", **document, "objects": 1}, "ins_1")


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [("format_version", "2", "format 2"), ("instance", "ins_2", "of instance ins_2")],
)
def test_a_base_of_another_format_or_instance_is_refused(member: str, value: str, said: str) -> None:
    document = {**encode_baseline(Baseline(Desired()), "ins_1"), member: value}

    with pytest.raises(FilesError, match=said):
        decode_baseline(document, "ins_1")
