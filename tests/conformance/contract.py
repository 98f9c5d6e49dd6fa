"""The judge "contract": our openapi.yml held against the vendor's file of each version, part by part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.conformance import left_out, vendor
from tests.conformance.left_out import Lack
from tests.conformance.parts import differences, missing, parts
from tests.conformance.report import Verdict, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.conformance.left_out import LeftOut
    from tests.conformance.vendor import Vendor

ROOT: Final = Path(__file__).parents[2]
JUDGE: Final = "contract"


def judge(specs: Mapping[str, Vendor]) -> Iterator[Verdict]:
    """Our description against every version of the vendor's; what the newest has, ours has too or leaves out knowingly."""
    ours = vendor.read(ROOT / "openapi.yml", "ours")
    entries = left_out.read(JUDGE)
    newest = max(specs)
    for version, theirs in specs.items():
        found = forward(ours, theirs)
        lacks = backward(ours, theirs, entries) if version == newest else ()
        yield Verdict(JUDGE, version, "parts", count(ours), (*found, *lacks))


def count(ours: Vendor) -> int:
    """How many parts our description has."""
    return sum(len(parts(ours, *operation) or ()) for operation in ours.operations())


def forward(ours: Vendor, theirs: Vendor) -> tuple[Violation, ...]:
    """What ours says and theirs does not."""
    return tuple(
        Violation(JUDGE, theirs.version, f"{method} {path}", about, message)
        for method, path in ours.operations()
        for about, message in _of_operation(ours, theirs, method, path)
    )


def _of_operation(ours: Vendor, theirs: Vendor, method: str, path: str) -> Iterator[tuple[str, str]]:
    mine, other = parts(ours, method, path), parts(theirs, method, path)
    if other is None:
        yield "operation", "the vendor has none"
    elif mine is not None:
        yield from differences(mine, other)


def backward(ours: Vendor, theirs: Vendor, entries: Sequence[LeftOut]) -> tuple[Violation, ...]:
    """What theirs has in an operation of ours that ours has not, but for what is left out with a reason."""
    lacks = (
        Lack(operation, Violation(JUDGE, theirs.version, operation, about, "openapi.yml has none"))
        for method, path in ours.operations()
        if (mine := parts(ours, method, path)) and (other := parts(theirs, method, path))
        for operation in [f"{method} {path}"]
        for about in missing(mine, other)
    )
    return tuple(left_out.objections(entries, lacks, JUDGE, theirs.version))
