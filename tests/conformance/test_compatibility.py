"""The page as it stands, held against the kinds. What is on it beyond that takes the vendor's files to make."""

from __future__ import annotations

import re
from typing import Any

from reconcile.model import Field, Kind, Read, Reference
from reconcile.model.versions import VERSIONS
from tests.conformance.compatibility import FILE, support
from tests.conformance.small import described
from tests.lab import known

TEXT = {"type": "string"}


def part(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    _, _, after = FILE.read_text("utf-8").partition(f"\n{heading}\n")
    return re.split(r"^#+ ", after, maxsplit=1, flags=re.MULTILINE)[0]


def test_every_row_is_that_of_a_kind_and_every_version_has_its_column() -> None:
    """A kind that is new has its row once the judges have seen it: they write the page anew."""
    *_, matrix = part("## Kinds and versions").strip().split("\n\n")
    head, _, *rows = matrix.splitlines()

    assert head == f"| Kind | {' | '.join(VERSIONS)} |"
    listed = [row.split("`")[1] for row in rows]
    assert listed == sorted(listed)
    assert {*listed} <= {*known().kinds}
    assert all(row.count(" | ") == len(VERSIONS) for row in rows)


def test_the_fields_of_a_kind_are_those_of_its_schema() -> None:
    names = re.findall(r"^### (\w+)$", FILE.read_text("utf-8"), re.MULTILINE)
    assert len(names) >= 13
    for name in names:
        listed = re.findall(r"^\| `(\w+)` \|", part(f"### {name}"), re.MULTILINE)
        assert listed == list(known().kinds[name].fields), name


def test_no_judge_had_an_objection_when_the_page_was_made() -> None:
    counts = re.findall(r"^\| .+ \| (\d+) \|$", part("## Judges"), re.MULTILINE)

    assert set(counts) == {"0"}


def test_support_is_what_the_vendor_describes_and_the_kind_has() -> None:
    properties: dict[str, Any] = {"a": TEXT, "b": TEXT, "c": {**TEXT, "writeOnly": True}}
    fields = {name: Field.of(name, one) for name, one in properties.items()}
    kind = Kind(name="thing", section="thing", path="/things/one", read=Read.ECHO, fields=fields)
    spec = described(sent={"a": TEXT, "c": {**TEXT, "deprecated": True}}, answered={"a": TEXT, "z": TEXT})

    found = support(kind, {"properties": properties}, spec)

    assert (set(found.readable), set(found.writable), set(found.marked)) == ({"a"}, {"a", "c"}, {"c"})
    assert found.words == "echo, write"


def test_a_field_that_is_written_by_an_id_needs_the_call_that_tells_it() -> None:
    role = Reference(kind="role", path="/roles", key="key", written_as="role_id")
    kind = Kind(
        name="thing",
        section="thing",
        path="/things/one",
        read=Read.ECHO,
        references={"role": role},
        fields={"role": Field.of("role", TEXT)},
    )

    found = support(kind, {"properties": {"role": TEXT}}, described(sent={"role_id": TEXT}))

    assert found.writable == frozenset()
    assert found.words == "none"
