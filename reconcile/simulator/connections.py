"""The connections of a server, and how to do to them what servers should not do: reset, cut short, keep waiting."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Ends = tuple[Any, ...]
    Receive = Callable[[], Awaitable[dict[str, Any]]]

_LINGER_NOT = struct.pack("ii", 1, 0)
"""Close at once, and throw away what was not sent: that makes a reset of it."""


class Connections:
    """The open connections, each found by the addresses of its two ends."""

    def __init__(self) -> None:
        self._open: dict[Ends, asyncio.Transport] = {}
        self._waiting: set[asyncio.Transport] = set()

    def protocol(self) -> type[asyncio.Protocol]:
        """Uvicorn's way to speak HTTP, with a note of every connection here."""
        opened = self._open

        class Noted(H11Protocol):
            """A connection that is known while it is open."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                """Note it."""
                super().connection_made(transport)
                opened[_ends(transport)] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                """Forget it."""
                opened.pop(_ends(self.transport), None)
                super().connection_lost(exc)

        return Noted

    async def gone_within(self, scope: dict[str, Any], receive: Receive, seconds: float) -> bool:
        """Wait; True at once when the client gives up, or the server ends."""
        transport = self._of(scope)
        if transport is None:
            return True
        self._waiting.add(transport)
        try:
            async with asyncio.timeout(seconds):
                await gone(receive)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(transport)
        return True

    async def reset(self, scope: dict[str, Any], receive: Receive) -> None:
        """Throw the connection away, so that the client is told of a reset."""
        if transport := self._of(scope):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.abort()
            await gone(receive)

    async def end(self, scope: dict[str, Any], receive: Receive) -> None:
        """Close the connection once everything that was sent is on its way."""
        if transport := self._of(scope):
            transport.close()
            await gone(receive)

    def let_go(self) -> None:
        """Wait for nobody any more."""
        for transport in tuple(self._waiting):
            transport.abort()

    def _of(self, scope: dict[str, Any]) -> asyncio.Transport | None:
        """The connection that a request came by, if the client has not closed it since."""
        return self._open.get((*scope["server"], *scope["client"]))


def _ends(transport: asyncio.Transport) -> Ends:
    """Both addresses of a connection."""
    return *transport.get_extra_info("sockname"), *transport.get_extra_info("peername")


async def gone(receive: Receive) -> None:
    """Return when the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass
