"""The vendor's own clients as judges: what they change, `reconcile plan` has to show, that and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.conformance import effects, install
from tests.conformance.relay import relay
from tests.conformance.report import Verdict, Violation
from tests.conformance.running import KEY, Said, reconcile, run, simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.conformance.effects import State
    from tests.conformance.relay import Message, Relay

THINGS = "calls"
_ENVIRONMENT = "simulated"
_SHOWN_VALUE = 100
_TOLD = ("Plan:", "Apply:", "Verified:")
_ID = re.compile(r"\b[a-z]+_[0-9A-Za-z]{20,}\b")
# What every instance has, and no resource file speaks of.
_GIVEN = {"organization_role": {"org:admin", "org:member"}}

Line = dict[str, Any]
Ready = tuple[Sequence[str], Mapping[str, str]]
"""What runs a script, and what its environment has to hold."""


@dataclass(frozen=True, slots=True)
class Client:
    """One of the vendor's clients: how it is called in reports, its package, and the phases of its work."""

    name: str
    package: str
    script: str
    phases: tuple[str, ...]
    ready: Callable[[], Ready]
    """Installs what is missing."""


def _python() -> Ready:
    return [str(install.python())], {}


def _javascript() -> Ready:
    node = shutil.which("node")
    if node is None:
        raise install.NotInstalledError("node is not on the PATH")
    return [node], {"CLERK_NODE_MODULES": str(install.javascript())}


def _tool() -> Ready:
    """The program itself, which the package for this machine ships; the one in `.bin` only looks for it."""
    modules = install.javascript()
    programs = sorted(modules.glob("@clerk/cli-*/bin/clerk")) or [modules / ".bin" / "clerk"]
    return [sys.executable], {"CLERK_PROGRAM": str(programs[0])}


CLIENTS = (
    Client(
        "python sdk",
        "clerk-backend-api",
        "sdk_python.py",
        ("look", "create", "update", "delete"),
        _python,
    ),
    Client(
        "javascript sdk",
        "@clerk/backend",
        "sdk_javascript.mjs",
        ("look", "create", "update", "delete"),
        _javascript,
    ),
    Client(
        "command line",
        "clerk",
        "command_line.py",
        ("look", "create", "rehearse", "update", "delete"),
        _tool,
    ),
)


def judge() -> tuple[list[Verdict], Mapping[str, str]]:
    """A verdict for each client, and what it did, as text, by its name; two of them work at a time."""
    prepared = [(client, _prepared(client)) for client in CLIENTS]
    with ThreadPoolExecutor(2) as pool:
        stories = list(pool.map(_story, *zip(*prepared, strict=True)))
    return [one.verdict() for one in stories], {one.client.name: one.transcript() for one in stories}


def _prepared(client: Client) -> Ready | str:
    """What runs the client's script, installed where it was not; or why it cannot be had."""
    try:
        return client.ready()
    except install.NotInstalledError as error:
        return str(error)


def _story(client: Client, ready: Ready | str) -> Story:
    """Let one client work on an instance of its own."""
    story = Story(client)
    if isinstance(ready, str):
        story.object_to("install", client.package, ready)
        return story
    with tempfile.TemporaryDirectory() as folder, simulator() as url, relay(url) as watched:
        try:
            story.tell(Stage(Path(folder), url, watched, *ready))
        except subprocess.TimeoutExpired as error:
            story.object_to(client.script, "end", str(error))
    return story


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a client works: a project, the simulator, a relay in front of it, and the command that runs scripts."""

    folder: Path
    url: str
    watched: Relay
    command: Sequence[str]
    environment: Mapping[str, str]

    def lay(self) -> None:
        """A project that holds the start, and knows the simulator without the relay."""
        environment = {
            "api_url": f"{self.url}/v1",
            "secret_key": "${env:CLERK_SECRET_KEY}",
            "reads": "probe",
        }
        project = {"version": 1, "resources": ["start.yml"], "environments": {_ENVIRONMENT: environment}}
        (self.folder / "reconcile.yml").write_text(json.dumps(project), encoding="utf-8")
        shutil.copyfile(install.PINS / "start.yml", self.folder / "start.yml")

    def reconcile(self, command: str, *words: str) -> Said:
        """Run `reconcile` on the project."""
        return reconcile(self.folder, command, "-e", _ENVIRONMENT, *words)

    def phase(self, script: str, phase: str) -> Said:
        """Let the client work on the instance, through the relay."""
        command = [*self.command, str(install.PINS / script), self.watched.url, phase]
        environment = {**os.environ, **self.environment, "CLERK_SECRET_KEY": KEY}
        return run(command, self.folder, environment)


@dataclass
class Story:
    """What one client did, what `reconcile` saw of it, and where the two do not agree."""

    client: Client
    said: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    _wire: effects.Wire = field(default_factory=effects.Wire)

    def verdict(self) -> Verdict:
        """How much was looked at, and what is objected to."""
        version = self.version()
        found = sorted(
            {Violation(self.client.name, version, *parts) for parts in map(_parts, self.violations)}
        )
        return Verdict(self.client.name, version, THINGS, len(self.messages), tuple(found))

    def version(self) -> str:
        """The version of the API that the client speaks, as its own headers say."""
        named = {one.headers.get("clerk-api-version", "") for one in self.messages}
        return ", ".join(sorted(filter(None, named))) or "none"

    def transcript(self) -> str:
        """What happened, in order, without keys, ports and ids."""
        package = f"{self.client.package} {install.versions()[self.client.package]}"
        head = f"{package}; the version of the API that it names: {self.version()}"
        return _ID.sub("ID", "\n".join([head, *self.said])) + "\n"

    def object_to(self, operation: str, about: str, message: str) -> None:
        """Note a disagreement."""
        self.violations.append(Violation("", "", operation, about, message))
        self.said.append(f"  ! {operation}: {about}: {message}")

    def tell(self, stage: Stage) -> None:
        """From the start through all phases, and back to the start."""
        stage.lay()
        start = effects.declared(yaml.safe_load((stage.folder / "start.yml").read_text(encoding="utf-8")))
        if not self._settled(stage):
            return
        before = stage.reconcile("plan", "--format", "json").document
        state = start
        for phase in self.client.phases:
            state = self._phase(stage, phase, start, state, before)
        if self._settled(stage):
            self._phase(stage, "look", start, start, before)

    def _settled(self, stage: Stage) -> bool:
        """Apply the start; whether nothing is pending afterwards."""
        applied = stage.reconcile("apply", "--yes")
        pending = stage.reconcile("plan", "--detailed-exitcode")
        told = (applied.out + applied.err).splitlines()
        self.said += ["", "$ reconcile apply", *(f"  {line}" for line in told if line.startswith(_TOLD))]
        for command, done in (("apply", applied), ("plan", pending)):
            if done.code:
                end = " / ".join((done.out + done.err).splitlines()[-4:])
                self.object_to(f"reconcile {command}", "exit code", f"{done.code}: {end}")
        return not (applied.code or pending.code)

    def _phase(self, stage: Stage, phase: str, start: State, state: State, before: Line) -> State:
        """One phase: the client works, then wire, client and plan are held against each other; the new state."""
        self.said += ["", f"$ {self.client.script} {phase}"]
        done = stage.phase(self.client.script, phase)
        messages = stage.watched.take()
        lines = [json.loads(line) for line in done.out.splitlines()]
        self.said += _calls(lines, messages)
        self.messages += messages
        if done.code:
            self.object_to(
                f"{self.client.script} {phase}", "exit code", f"{done.code}: {done.err[-300:].strip()}"
            )
        self.hear(phase, lines, messages, state)
        after = self._wire.after(state, messages)
        self._plan(stage, start, after, before)
        return after

    def hear(self, phase: str, lines: Iterable[Line], messages: Iterable[Message], state: State) -> None:
        """What the client says it did and saw, against what went over the wire and what is there."""
        intended = {}
        for line in lines:
            if "error" in line:
                self.object_to(line["call"], "error", line["error"])
            if "items" in line:
                self._read(line, state)
            elif "fields" in line and phase != "rehearse":
                intended[f"{line['kind']}/{line['key']}".rstrip("/")] = line
        sent = {
            address: one
            for one in messages
            if one.writes and (address := self._wire.address(one)) is not None
        }
        for address in sorted(intended.keys() | sent.keys()):
            self._compare_sent(address, intended.get(address), sent.get(address))

    def _compare_sent(self, address: str, line: Line | None, message: Message | None) -> None:
        """One write: the fields that the client was given, against those that it sent."""
        if line is None or message is None:
            nobody = "was sent, and nobody asked for it" if line is None else "was not sent"
            self.object_to(line["call"] if line else address, f"request {address}", nobody)
            return
        if not message.took:
            self.object_to(line["call"], f"status {message.status}", effects.text(message.answer)[:200])
        given, body = line["fields"], message.body or {}
        for name in sorted(given.keys() | body.keys()):
            mine, theirs = (_value(one, name) for one in (given, body))
            if mine != theirs:
                self.object_to(line["call"], f"request body.{name}", f"given {mine}, and sent {theirs}")

    def _read(self, line: Line, state: State) -> None:
        """One list or group, as the client shows it, against what is there."""
        kind, items = line["kind"], line["items"]
        there = {address.partition("/")[2] for address in state if address.partition("/")[0] == kind}
        there |= _GIVEN.get(kind, set())
        if missing := sorted(there - items.keys()):
            self.object_to(line["call"], f"list {kind}", f"does not show {', '.join(missing)}")
        for key in sorted(there & items.keys()):
            fields = state.get(f"{kind}/{key}".rstrip("/"), {})
            for name in sorted(fields.keys() & items[key].keys()):
                mine, theirs = effects.text(fields[name]), effects.text(items[key][name])
                if mine != theirs:
                    self.object_to(line["call"], f"response {name}", f"shows {theirs}, and {mine} is there")

    def _plan(self, stage: Stage, start: State, done: State, before: Line) -> None:
        """What a plan shows, against what was done."""
        said = stage.reconcile("plan", "--format", "json")
        if said.code:
            self.object_to("reconcile plan", "exit code", f"{said.code}: {said.err.strip()}")
            return
        plan = said.document
        self.said += ["$ reconcile plan", *_shown(plan, before)]
        unseen = effects.unseen(before)
        if effects.unseen(plan) != unseen:
            self.object_to("reconcile plan", "unverified", "other fields than before the client's work")
        shown = effects.planned(start, before, plan)
        for place, values in effects.differences(shown, done):
            if place in unseen:
                self.said.append(f"  not shown, because no call returns it: {place}")
            else:
                self.object_to("reconcile plan", place, f"planned against done: {values}")


def _parts(violation: Violation) -> tuple[str, str, str]:
    return violation.operation, violation.about, violation.message


def _value(fields: Mapping[str, Any], name: str) -> str:
    """A value as text, or a word for nothing at all."""
    return effects.text(fields[name]) if name in fields else "nothing"


def _calls(lines: Iterable[Line], messages: Iterable[Message]) -> Iterator[str]:
    """What the client did, then what was seen of it; equal lines that follow each other are one."""
    for line in lines:
        what = " ".join(filter(None, (line["kind"], line.get("key"))))
        yield f"  {line['call']} ({what})" if line["call"] else f"  no call: {line['verb']} {what}"
    for text, same in groupby(f"  > {_asked(one)}" for one in messages):
        count = len(list(same))
        yield text if count == 1 else f"{text} ({count} times)"


def _asked(message: Message) -> str:
    """One message on one line, with what was sent."""
    query = "&".join(f"{name}={value}" for name, value in message.query.items())
    body = f" {_short(message.body)}" if message.body is not None else ""
    return f"{message.method} {message.path}{'?' if query else ''}{query}{body} {message.status}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_VALUE else f"{text[:_SHOWN_VALUE]}…"


def _shown(plan: Line, before: Line) -> Iterator[str]:
    """The changes of a plan, one on a line, with the fields that they concern."""
    for change in plan["changes"]:
        fields = ", ".join(dict.fromkeys(str(one["path"][0]) for one in change["fields"]))
        yield f"  {change['action']} {change['address']}{': ' if fields else ''}{fields}"
    for address in plan["unmanaged"]:
        if address not in before["unmanaged"]:
            yield f"  unmanaged {address}"
    if not plan["changes"]:
        yield "  Nothing to do."
