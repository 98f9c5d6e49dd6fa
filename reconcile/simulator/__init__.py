"""A stateful stand-in for Clerk's Backend API, in this process or over HTTP.

Law: what it does follows from `openapi.yml` (routes, what a request may hold, what an answer holds) and from
tables in this package for what a contract cannot say. It knows nothing about the kinds of this tool: a
simulator made from them would only agree with their mistakes. Where Clerk's behaviour is not published it does
what is hardest on a client; `docs/unknowns.md` lists every such choice.

Importing this package is cheap; the machinery loads with the first use of `Simulator` or `Store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.simulator.values import Options, Request, Response

if TYPE_CHECKING:
    from reconcile.simulator.core import Simulator
    from reconcile.simulator.store import Store

__all__ = ["Options", "Request", "Response", "Simulator", "Store"]


def __getattr__(name: str) -> object:
    """Load the machinery when it is first asked for."""
    if name == "Simulator":
        from reconcile.simulator.core import Simulator  # noqa: PLC0415 - cheap import of the package

        return Simulator
    if name == "Store":
        from reconcile.simulator.store import Store  # noqa: PLC0415 - cheap import of the package

        return Store
    raise AttributeError(name)
