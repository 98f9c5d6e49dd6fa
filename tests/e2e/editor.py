"""An editor without a window: what the YAML language server says about a file, over its own protocol."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SERVER = ROOT / "tests" / "e2e" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
_PATIENCE = 60.0


@dataclass
class Editor:
    """One session with the server."""

    process: subprocess.Popen[bytes]
    settings: Mapping[str, Any]
    heard: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    diagnosed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    configured: bool = False

    # --- what a person sees ---

    def complaints(self, path: Path) -> list[str]:
        """Opens a file, or reads it again; line and text of each squiggle."""
        uri = path.as_uri()
        text = path.read_text("utf-8")
        self.diagnosed.pop(uri, None)
        self.versions[uri] = version = self.versions.get(uri, 0) + 1
        document = {"uri": uri, "version": version}
        if version == 1:
            self._notify(
                "textDocument/didOpen", {"textDocument": {**document, "languageId": "yaml", "text": text}}
            )
        else:
            self._notify(
                "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
            )
        while uri not in self.diagnosed:
            self._listen()
        return [f"{one['range']['start']['line'] + 1}: {one['message']}" for one in self.diagnosed[uri]]

    def offered(self, path: Path, line: int, character: int) -> set[str]:
        """What completion offers there."""
        found = self._request("textDocument/completion", _at(path, line, character))
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"] for item in items or ()}

    def hover(self, path: Path, line: int, character: int) -> str:
        """What is shown over a word."""
        found = self._request("textDocument/hover", _at(path, line, character))
        return str(found["contents"]["value"]) if found else ""

    # --- the protocol ---

    def start(self, folder: Path) -> None:
        """Says who we are, and hands over the settings."""
        words = {
            "processId": None,
            "rootUri": folder.as_uri(),
            "capabilities": {"workspace": {"configuration": True}},
        }
        self._request("initialize", words)
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": self.settings})
        while not self.configured:
            self._listen()

    def stop(self) -> None:
        self._request("shutdown", None)
        self._notify("exit", None)
        self.process.wait(timeout=_PATIENCE)

    def _request(self, method: str, params: Any) -> Any:
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._listen()
            if message.get("id") == self.asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self) -> dict[str, Any]:
        """The next message; what the server asks of the editor is answered: with settings, or with nothing."""
        message = self.heard.get(timeout=_PATIENCE)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnosed[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            sections = [item["section"] for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": [self.settings.get(name, {}) for name in sections]})
            self.configured = True
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


def _at(path: Path, line: int, character: int) -> dict[str, Any]:
    return {
        "textDocument": {"uri": path.as_uri()},
        "position": {"line": line - 1, "character": character},
    }


def _read(stream: IO[bytes], heard: queue.Queue[dict[str, Any]]) -> None:
    while line := stream.readline():
        length = int(line.split(b":")[1])
        while stream.readline().strip():
            pass
        heard.put(json.loads(stream.read(length)))


@contextmanager
def editing(folder: Path, settings: Mapping[str, Any]) -> Iterator[Editor]:
    """An editor that has a folder open, with these settings of the folder's."""
    with subprocess.Popen(
        ["node", SERVER, "--stdio"],  # noqa: S607 - the node of this machine
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
    ) as process:
        assert process.stdout is not None
        editor = Editor(process, settings)
        threading.Thread(target=_read, args=(process.stdout, editor.heard), daemon=True).start()
        try:
            editor.start(folder)
            yield editor
            editor.stop()
        finally:
            process.kill()
