"""A GitHub that remembers, on this machine: the part of its API that the action speaks, with its limits."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "ghs_madeupforthesetests"
BOT = "github-actions[bot]"
LARGEST_BODY = 65_536
REPOSITORY = "acme/clerk"


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """An answer that is none of success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class GitHub:
    """What the repository holds, and who may do what with the token."""

    url: str = ""
    readonly: bool = False
    troubles: list[tuple[int, bytes]] = field(default_factory=list)
    """What it answers to the next requests in place of an answer."""
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    newest: str = "c" * 40
    """The newest commit of the main branch."""
    now: str = "2026-11-26T00:00:00Z"
    """When the next comment is written or edited."""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    artefacts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    held: int = 0
    """The how manieth request has to wait until it is `ready`."""
    asked: threading.Event = field(default_factory=threading.Event)
    ready: threading.Event = field(default_factory=threading.Event)
    carried_on: list[str | None] = field(default_factory=list)
    """The authorization that came along where a download was sent elsewhere."""

    def hear(self, method: str, path: str) -> None:
        """Remembers a request, and lets the one that is held wait."""
        self.requests.append((method, path))
        if len(self.requests) == self.held:
            self.asked.set()
            self.ready.wait(timeout=60)

    def say(self, number: int, body: str, login: str = BOT) -> dict[str, Any]:
        """A comment below a pull request or an issue."""
        if len(body) > LARGEST_BODY:
            raise Refused(422, "Validation Failed: body is too long (maximum is 65536 characters)")
        known = sum(map(len, self.comments.values()))
        comment = {
            "id": 1000 + known,
            "user": {"login": login},
            "body": body,
            "updated_at": self.now,
            "html_url": f"https://github.test/{REPOSITORY}/issues/{number}#issuecomment-{1000 + known}",
        }
        self.comments.setdefault(number, []).append(comment)
        return comment

    def pull(self, number: int, **more: Any) -> dict[str, Any]:
        """A pull request."""
        found = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": None,
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
            **more,
        }
        self.pulls.append(found)
        return found

    def written(self) -> list[tuple[str, str]]:
        """What was sent that is no GET."""
        return [one for one in self.requests if one[0] != "GET"]

    # --- routes ---

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        """What a route answers."""
        base = f"/repos/{REPOSITORY}"
        for verb, pattern, route in _ROUTES:
            found = re.fullmatch(base + pattern, path)
            if found and verb == method:
                if verb != "GET" and self.readonly:
                    raise Refused(403, "Resource not accessible by integration")
                return route(self, query, body, *found.groups())
        raise Refused(404, "Not Found")

    def _comments(self, _query: dict[str, str], _body: Any, number: str) -> Any:
        return self.comments.get(int(number), [])

    def _comment(self, _query: dict[str, str], body: Any, number: str) -> Any:
        return self.say(int(number), body["body"])

    def _edit_comment(self, _query: dict[str, str], body: Any, number: str) -> Any:
        if len(body["body"]) > LARGEST_BODY:
            raise Refused(422, "Validation Failed: body is too long (maximum is 65536 characters)")
        for comment in (one for some in self.comments.values() for one in some):
            if comment["id"] == int(number):
                if comment["user"]["login"] != BOT:
                    raise Refused(403, "Must have admin rights")
                comment.update(body, updated_at=self.now)
                return comment
        raise Refused(404, "Not Found")

    def _issues(self, query: dict[str, str], _body: Any) -> Any:
        wanted = set(filter(None, query.get("labels", "").split(",")))
        return [
            one
            for one in self.issues
            if one["state"] == query.get("state", "open")
            and wanted <= {label["name"] for label in one["labels"]}
        ]

    def _new_issue(self, _query: dict[str, str], body: Any) -> Any:
        if len(body["body"]) > LARGEST_BODY:
            raise Refused(422, "Validation Failed: body is too long (maximum is 65536 characters)")
        number = 100 + len(self.issues)
        issue = {
            **body,
            "number": number,
            "state": "open",
            "user": {"login": BOT},
            "labels": [{"name": name} for name in body["labels"]],
            "html_url": f"https://github.test/{REPOSITORY}/issues/{number}",
        }
        self.issues.append(issue)
        return issue

    def _edit_issue(self, _query: dict[str, str], body: Any, number: str) -> Any:
        for issue in self.issues:
            if issue["number"] == int(number):
                issue.update(body)
                return issue
        raise Refused(404, "Not Found")

    def _pulls_of(self, _query: dict[str, str], _body: Any, sha: str) -> Any:
        return [one for one in self.pulls if sha in {one["merge_commit_sha"], one["head"]["sha"]}]

    def _pulls(self, query: dict[str, str], _body: Any) -> Any:
        return [
            one
            for one in self.pulls
            if one["state"] == query["state"] and one["head"]["label"] == query["head"]
        ]

    def _branch(self, _query: dict[str, str], _body: Any, name: str) -> Any:
        return {"name": name, "commit": {"sha": self.newest}}

    def _artefacts(self, _query: dict[str, str], _body: Any, run: str) -> Any:
        return {"artifacts": self.artefacts.get(int(run), [])}


_ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", r"/issues/(\d+)/comments", GitHub._comments),
    ("POST", r"/issues/(\d+)/comments", GitHub._comment),
    ("PATCH", r"/issues/comments/(\d+)", GitHub._edit_comment),
    ("GET", r"/issues", GitHub._issues),
    ("POST", r"/issues", GitHub._new_issue),
    ("PATCH", r"/issues/(\d+)", GitHub._edit_issue),
    ("GET", r"/commits/([0-9a-f]{40})/pulls", GitHub._pulls_of),
    ("GET", r"/pulls", GitHub._pulls),
    ("GET", r"/branches/(main)", GitHub._branch),
    ("GET", r"/actions/runs/(\d+)/artifacts", GitHub._artefacts),
)


@contextmanager
def serving() -> Iterator[GitHub]:
    """GitHub at an address of this machine, for as long as the block runs."""
    hub = GitHub()

    class Door(BaseHTTPRequestHandler):
        """Lets in who has the token, and hands out lists a page at a time."""

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            parts = urlsplit(self.path)
            hub.hear(self.command, self.path)
            if parts.path.startswith("/elsewhere/"):
                hub.carried_on.append(self.headers.get("Authorization"))
                self._send(200, hub.files[int(parts.path.rpartition("/")[2])])
                return
            if hub.troubles:
                self._send(*hub.troubles.pop(0))
                return
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._send(401, b'{"message": "Bad credentials"}')
                return
            if found := re.fullmatch(rf"/repos/{REPOSITORY}/actions/artifacts/(\d+)/zip", parts.path):
                self.send_response(302)
                self.send_header(
                    "Location", f"{hub.url.replace('127.0.0.1', 'localhost')}/elsewhere/{found[1]}"
                )
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            try:
                answer = hub.answer(self.command, parts.path, query, json.loads(sent) if sent else None)
            except Refused as refused:
                self._send(refused.status, json.dumps({"message": str(refused)}).encode())
                return
            if isinstance(answer, list):
                size = min(int(query.get("per_page", "30")), 100)
                first = (int(query.get("page", "1")) - 1) * size
                answer = answer[first : first + size]
            self._send(201 if self.command == "POST" else 200, json.dumps(answer).encode())

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that http.server calls

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Tests look at what it remembers."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()
