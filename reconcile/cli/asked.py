"""What was said on the command line about a plan, held against the addresses that there are."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconcile.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller said on the command line about a plan."""

    targets: Sequence[str] = ()
    excludes: Sequence[str] = ()
    rotate: Sequence[str] = ()
    reassert: bool = False
    allow_delete: float | None = None
    allow_notify: int = 0
    allow_stale: Sequence[str] = ()
    expect_digest: str = ""
    accept_rewrites: Sequence[str] = ()


def chosen(given: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """The addresses that --rotate names; raises UsageError where there is no such one."""
    for address in given:
        if address not in known:
            raise UsageError(
                f"--rotate {address}: there is no such address; `reconcile plan --all` lists them"
            )
    return frozenset(given)


def selector(
    asked: Asked, known: Sequence[str], lists: str = "reconcile plan --all"
) -> Callable[[str], bool] | None:
    """What --target and --exclude select: an address means itself, anything else is a glob in which * crosses /.

    `lists` is the command that lists the addresses that are known.
    """
    addresses = frozenset(known)
    for option, globs in (("--target", asked.targets), ("--exclude", asked.excludes)):
        for glob in globs:
            if not any(matches(glob, address, addresses) for address in known):
                raise UsageError(f"{option} {glob} matches nothing; `{lists}` lists the addresses")
    if not asked.targets and not asked.excludes:
        return None
    return lambda address: (
        (not asked.targets or any(matches(glob, address, addresses) for glob in asked.targets))
        and not any(matches(glob, address, addresses) for glob in asked.excludes)
    )


def matches(glob: str, address: str, known: Container[str]) -> bool:
    """Whether a glob means an address: one that is an address itself means just that."""
    return address == glob if glob in known else fnmatchcase(address, glob)
