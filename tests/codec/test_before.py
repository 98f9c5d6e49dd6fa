from __future__ import annotations

from typing import Any

import pytest

from reconcile.codec import decode_before, encode_before
from reconcile.errors import FilesError
from reconcile.model import Action
from reconcile.rollback import Before, Was

BEFORE = (
    Before("k/a", "k", Action.UPDATE, Was.THERE, "a", "b", {"x": {"value": 1}, "y": None}, ("x",), told=True),
    Before("k/c", "k", Action.CREATE, Was.ABSENT, "c", "c"),
    Before("s", "s", Action.ASSERT, Was.UNSEEN),
)


def test_what_a_run_found_survives_json() -> None:
    assert decode_before(encode_before(BEFORE, "sha256:1")) == BEFORE


@pytest.mark.parametrize(
    "edit",
    [
        {"format_version": "2"},
        {"format_version": None},
        {"objects": None},
        {"objects": [{}]},
        {"objects": [{**encode_before(BEFORE, "")["objects"][0], "was": "eaten"}]},  # type: ignore[index, dict-item]
        {"objects": [{**encode_before(BEFORE, "")["objects"][0], "fields": 3}]},  # type: ignore[index, dict-item]
    ],
)
def test_what_we_did_not_write_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(FilesError, match="no snapshot that we wrote"):
        decode_before({**encode_before(BEFORE, ""), **edit})
