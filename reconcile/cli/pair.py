"""Two environments of one project, opened side by side to be looked at. Nothing but GET is sent to either."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TypeVar

from reconcile.cli.live import Keyless, Unsealed
from reconcile.compare import Side, from_files
from reconcile.errors import FilesError, RefusedError, ServiceError, UsageError
from reconcile.model import Instance, Plan, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.cli.session import Session
    from reconcile.model import Finding

_A = TypeVar("_A")
_B = TypeVar("_B")

FILES = "files:"
"""What stands before the name of an environment whose files are meant, and not its instance."""

_NOBODY = Instance("", "")


def opened(name: str, opening: Opening, world: World) -> Session:
    """The session of one side: `files:NAME` needs no key, and no side needs the secrets of its files."""
    sort = Keyless if name.startswith(FILES) else Unsealed
    return sort(opening.of(name.removeprefix(FILES)), world)


def opened_both(a: Callable[[], _A], b: Callable[[], _B]) -> tuple[_A, _B]:
    """Both sessions; raises FilesError with what is wrong for either, each thing once."""
    one, wrong = _tried(a)
    other, more = _tried(b)
    if one is None or other is None:
        raise FilesError(tuple(dict.fromkeys((*wrong, *more))))
    return one, other


def _tried(opening: Callable[[], _A]) -> tuple[_A | None, tuple[Finding, ...]]:
    try:
        return opening(), ()
    except FilesError as error:
        return None, error.findings


@contextmanager
def about(name: str) -> Iterator[None]:
    """What goes wrong between us and a service says which of the two environments it is about."""
    try:
        yield
    except ServiceError as error:
        error.args = (f"{name}: {error}",)
        raise


def different(a: str, b: str) -> None:
    """Raise UsageError where both sides are one."""
    if a == b:
        raise UsageError(f"both sides are {a}; name two environments")


def side(name: str, session: Session, kinds: Iterable[str]) -> Side:
    """One side as it is: read from its instance, or made of its files."""
    if isinstance(session, Keyless):
        return from_files(name, session.desired, Plan(session.environment.name, _NOBODY))
    with about(name), closing(session.client(read_only=True)) as client:
        live = session.read(client, kinds)
    return Side(name, live, session.desired, session.plan(live, Policy()))


def both(a: Session, b: Session) -> list[str]:
    """The kinds that the files of either declare."""
    return sorted({*a.desired.sections, *b.desired.sections})


def check_apart(one: Side, other: Side) -> None:
    """Refuse two environments that are one instance: what is told of both would be told of the same."""
    if not (one.files or other.files) and one.live.instance.id == other.live.instance.id:
        raise RefusedError(
            f"{one.name} and {other.name} have keys of the same instance, {one.live.instance.id}; nothing was shown: "
            "pin both with `instance` in reconcile.yml"
        )
