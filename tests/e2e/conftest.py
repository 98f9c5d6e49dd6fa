"""A real browser that can reach nothing: every name in these tests leads to a server here that counts who knocks."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.render.html import report, sheet_page
from reconcile.render.sheet import Sheet
from tests.lab import ROOT, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

    from reconcile.model import Plan

MADE = ROOT / ".e2e"
AXE = ROOT / "tests" / "e2e" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1440, 1000), (390, 844)
_QUIET = (
    "--no-sandbox",  # the user of a container is root, for whom there is no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter",
)


@dataclass
class Door:
    """A server that lets nobody in, and remembers what they said."""

    socket: socket.socket
    knocks: list[bytes] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    def watch(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(1)
                self.knocks.append(_first_words(caller))


def _first_words(caller: socket.socket) -> bytes:
    try:
        return caller.recv(200)
    except OSError:
        return b""


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        door = Door(server)
        threading.Thread(target=door.watch, daemon=True).start()
        yield door
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="session")
def browser(door: Door) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only `make e2e` has it

    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=[*_QUIET, f"--host-resolver-rules=MAP *.example 127.0.0.1:{door.port}, MAP * ~NOTFOUND"],
        )
        yield browser
        browser.close()


@dataclass
class Shown:
    """One report in the browser, and what the browser said about it."""

    page: Page
    path: Path
    hostile: bool = False
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answered: list[Request] = field(default_factory=list)

    def asked(self) -> set[str]:
        """What was asked for. The browser names what a hostile template wants before its policy says no, and a frame
        that is gone by then never hears that no: of such a page only what was answered, or failed for another reason
        than a policy or a frame that went away, counts. What was sent and not answered knocked at the door."""
        return {
            request.url
            for request in self.requests
            if not request.url.startswith(("data:", "about:"))
            and not (self.hostile and request not in self.answered and request.failure in _NEVER_SENT)
        }

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def choose(self, name: str) -> None:
        self.page.get_by_role("radio", name=name, exact=True).first.check()

    def search(self, words: str) -> None:
        self.page.get_by_role("searchbox").fill(words)

    def only(self, words: str) -> None:
        """Leave what these words find, all of it open."""
        self.search(words)
        self.button("Open all")

    def status(self) -> str:
        return str(self.page.get_by_role("status").inner_text())

    def says(self, text: str) -> None:
        """It is said in time how many changes are shown: what a click sets off happens after it."""
        from playwright.sync_api import expect  # noqa: PLC0415 - only `make e2e` has it

        expect(self.page.get_by_role("status")).to_have_text(text)

    def framed(self) -> list[str]:
        """The texts of all messages that are shown in frames, in their order."""
        frames = self.page.locator("iframe")
        return [
            frames.nth(place).content_frame.locator("body").inner_text() for place in range(frames.count())
        ]

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a screenshot for whoever wants to see it."""
        (MADE / "screens").mkdir(parents=True, exist_ok=True)
        if whole:  # what sticks to the top of the window belongs there, and frames want their time
            self.page.evaluate("scrollTo(0, 0)")
            self.page.wait_for_timeout(200)
        self.page.screenshot(path=MADE / "screens" / f"{name}.png", full_page=whole)

    def violations(self) -> list[str]:
        """What axe-core has against the page as it is now; what is in frames is the template's own affair."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {iframes: false})")
        return [
            f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@pytest.fixture
def show(browser: Browser, door: Door) -> Iterator[Callable[..., Any]]:
    """Opens the report of a plan; when the test ends, nothing was complained about and nothing was asked for."""
    door.knocks.clear()
    opened: list[Shown] = []

    @contextmanager
    def opening(
        plan: Plan | Sheet, *, size: tuple[int, int] = DESKTOP, hostile: bool = False, **words: Any
    ) -> Iterator[Shown]:
        path = _written(plan)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **words)
        shown = Shown(context.new_page(), path, hostile)
        opened.append(shown)
        shown.page.on(
            "console", lambda said: shown.complaints.append(said.text) if said.type == "error" else None
        )
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("request", lambda request: shown.requests.append(request))  # noqa: PLW0108 - it wants to mark it
        shown.page.on("response", lambda response: shown.answered.append(response.request))
        shown.page.goto(path.as_uri())
        yield shown
        context.close()

    yield opening
    for shown in opened:
        expected = _REFUSED if shown.hostile else ()
        assert [said for said in shown.complaints if not any(words in said for words in expected)] == []
        assert shown.asked() == {shown.path.as_uri()}
    assert door.knocks == []


_NEVER_SENT = ("csp", "net::ERR_ABORTED", None)
_REFUSED = ("Content Security Policy", "is sandboxed", "Unsafe attempt to load URL")
"""What the browser says when it has kept a hostile template from something."""


def _written(plan: Plan | Sheet) -> Path:
    """The report of a plan in a file, or a sheet; plans have environments of their own."""
    name = f"{plan.command}-{plan.subject}" if isinstance(plan, Sheet) else plan.environment
    path = MADE / "pages" / f"{name}.html"
    if path not in _made:
        path.parent.mkdir(parents=True, exist_ok=True)
        page = sheet_page(plan) if isinstance(plan, Sheet) else report(plan, known().kinds)
        path.write_text(page, encoding="utf-8")
        _made.add(path)
    return path


_made: set[Path] = set()
