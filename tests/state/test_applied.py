"""What files and instance last agreed on, in the state folder."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from reconcile.baseline import APPLIED
from reconcile.errors import FilesError
from reconcile.model import Baseline, Declared, Desired, Section, Value
from reconcile.redact import Redactor
from reconcile.state.applied import read_applied, write_applied

if TYPE_CHECKING:
    from pathlib import Path

SOME = Baseline(
    Desired(
        {"restrictions": Section(APPLIED, {"": Declared("", APPLIED, {"allowlist": Value(value=True)})})}
    ),
    "2026-01-01T00:00:00Z",
    "c0ffee",
)


def test_what_was_written_is_read_again_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    assert read_applied(tmp_path, "ins_1") is None
    write_applied(tmp_path, "ins_1", SOME, Redactor())

    assert read_applied(tmp_path, "ins_1") == SOME
    assert stat.S_IMODE((tmp_path / "applied" / "ins_1.json").stat().st_mode) == 0o600
    assert read_applied(tmp_path, "ins_2") is None


def test_a_secret_that_somebody_wrote_into_a_value_is_not_kept(tmp_path: Path) -> None:
    redact = Redactor()
    redact.learn("HASURA_KEY", "correct horse battery")
    told = Declared("", APPLIED, {"claims": Value("correct horse battery")})
    write_applied(tmp_path, "ins_1", Baseline(Desired({"x": Section(APPLIED, {"": told})})), redact)

    assert "horse" not in (tmp_path / "applied" / "ins_1.json").read_text(encoding="utf-8")
    assert read_applied(tmp_path, "ins_1") is not None


@pytest.mark.parametrize("content", ["", "[]", "[1]", "nonsense", "{}", '"x"', "[" * 100_000, "\ud800"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "applied" / "ins_1.json"
    path.parent.mkdir()
    path.write_bytes(content.encode(errors="surrogatepass"))

    with pytest.raises(FilesError, match=r"applied/ins_1\.json: .*remove it"):
        read_applied(tmp_path, "ins_1")
