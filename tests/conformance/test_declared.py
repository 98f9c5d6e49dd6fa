from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.declared import Deviation, hold, read
from tests.conformance.report import Verdict, Violation

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
[[deviation]]
judges = ["contract"]
operations = ["GET /things*"]
about = ["response data[].id"]
reason = "why"
evidence = "who"
"""


def violation(
    judge: str = "contract", operation: str = "GET /things", about: str = "response data[].id"
) -> Violation:
    return Violation(judge, "2026-05-12", operation, about, "the vendor has none")


def entry(tmp_path: Path, text: str = ENTRY) -> Deviation:
    path = tmp_path / "declared.toml"
    path.write_text(text, "utf-8")
    (found,) = read(path)
    return found


def test_our_own_file_can_be_read() -> None:
    assert read()


def test_an_entry_covers_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    one = entry(tmp_path)

    assert one.covers(violation())
    assert one.covers(violation(operation="GET /things/{id}"))
    assert not one.covers(violation(judge="prism"))
    assert not one.covers(violation(operation="PUT /things"))
    assert not one.covers(violation(about="response datai.id"))


def test_an_entry_can_be_of_one_version_alone(tmp_path: Path) -> None:
    old = entry(tmp_path, ENTRY + 'versions = ["2021-*"]\n')

    assert not old.covers(violation())


@pytest.mark.parametrize("member", ["operations", "about", "reason", "evidence"])
def test_an_entry_needs_all_that_makes_it_credible(tmp_path: Path, member: str) -> None:
    lines = [line for line in ENTRY.splitlines() if not line.startswith(member)]

    with pytest.raises(ValueError, match="needs operations, about, reason and evidence"):
        entry(tmp_path, "\n".join(lines))


def test_a_misspelt_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown members"):
        entry(tmp_path, ENTRY + 'version = "2021-02-05"\n')


def test_what_is_declared_is_counted_and_the_rest_is_left(tmp_path: Path) -> None:
    other = violation(operation="PUT /things")
    verdict = Verdict("contract", "2026-05-12", "parts", 2, (violation(), other))

    rows, idle = hold([entry(tmp_path)], [verdict])

    assert (rows[0].declared, rows[0].left) == (1, (other,))
    assert idle == []


def test_an_entry_that_covers_nothing_is_idle(tmp_path: Path) -> None:
    one = entry(tmp_path)

    assert hold([one], [Verdict("contract", "2026-05-12", "parts", 1)])[1] == [one]
