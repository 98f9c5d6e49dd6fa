from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema

from reconcile import catalogue
from reconcile.cli.events import Events
from reconcile.cli.opening import World
from reconcile.model import Action, Change, Outcome, Status
from reconcile.render.events import started
from tests.cli.conftest import COMMAND
from tests.lab import FakeClock

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

TWO = "redirect_urls: {prune: true, urls: ['myapp://b', 'myapp://c']}\n"
VALID = jsonschema.Draft202012Validator(catalogue.schema("events"))


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream, each of which has to be valid."""
    found: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    for event in found:
        VALID.validate(event)
    return found


def test_a_run_is_a_stream_from_planned_to_finished(shell: Shell) -> None:
    shell.project(TWO)
    told = events(shell("apply -e local --yes --format jsonl").out)

    names = [event["event"] for event in told]
    assert names[0] == "planned"
    assert names[-2:] == ["verified", "finished"]
    assert sorted(names[1:-2]) == ["done", "done", "started", "started"]
    for address in ("redirect_url/myapp://b", "redirect_url/myapp://c"):
        mine = [event["event"] for event in told if event.get("address") == address]
        assert mine == ["started", "done"]
    assert told[-1]["exit_code"] == 0
    assert [event["time"] for event in told] == sorted(event["time"] for event in told)


def test_a_saved_plan_is_told_with_its_digest_and_nothing_to_do_is_a_stream_as_well(shell: Shell) -> None:
    shell.project(TWO)
    shell("plan -e local --out plan.json")
    digest = json.loads((shell.folder / "plan.json").read_text(encoding="utf-8"))["digest"]
    assert events(shell("apply plan.json --format jsonl").out)[0]["digest"] == digest
    names = [event["event"] for event in events(shell("apply -e local --format jsonl").out)]
    assert names == ["planned", "finished"]


def test_a_stream_goes_into_a_file_as_well_for_its_owner_alone(shell: Shell) -> None:
    shell.project(TWO)
    shell.write("run.jsonl", "an older one")
    (shell.folder / "run.jsonl").chmod(0o644)
    assert "Verified" in shell("apply -e local --yes --report jsonl=run.jsonl").err
    told = events((shell.folder / "run.jsonl").read_text(encoding="utf-8"))
    assert (told[0]["event"], told[-1]["event"]) == ("planned", "finished")
    assert (shell.folder / "run.jsonl").stat().st_mode & 0o077 == 0


def test_a_refusal_is_told_with_its_reasons_and_sends_nothing(shell: Shell) -> None:
    shell.project(TWO)
    shell("apply -e local --yes")
    shell.project("redirect_urls: {prune: true, urls: []}\n")
    told = events(shell("apply -e local --yes --format jsonl").out)
    assert [event["event"] for event in told] == ["planned", "refused", "finished"]
    assert (told[-1]["exit_code"], told[1]["findings"][0]["severity"]) == (5, "refusal")


def test_an_error_is_the_end_of_a_stream(shell: Shell) -> None:
    shell.project(TWO)
    (end,) = events(shell("apply -e local --yes --format jsonl --expect-digest sha256:0").out)
    assert (end["event"], end["exit_code"], end["error"]["code"]) == ("finished", 5, "refused")
    (end,) = events(shell("apply -e nowhere --yes --format jsonl").out)
    assert (end["exit_code"], end["error"]["code"]) == (64, "environment")


def test_what_the_proof_knows_better_is_told_after_what_it_seemed() -> None:
    said: list[str] = []
    told = Events(World(clock=FakeClock()), [said.append])
    one, other = (Outcome(f"thing/{name}", Action.CREATE, Status.DONE) for name in "ab")
    told.corrected([one, other], [one, replace(other, status=Status.UNCONFIRMED)])
    assert [json.loads(line)["event"] for line in said] == ["unconfirmed"]


def test_no_secret_is_told() -> None:
    said: list[str] = []
    world = World(clock=FakeClock())
    world.redact.learn("KEY", "a-secret-value")
    Events(world, [said.append]).tell(started(Change("thing/a-secret-value", "thing", "a", Action.CREATE)))
    assert "[secret KEY]" in said[0]
    assert "a-secret-value" not in said[0]


def test_a_reader_who_goes_away_does_not_stop_the_others() -> None:
    said: list[str] = []

    def gone(_: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    told = Events(World(clock=FakeClock()), [gone, said.append])
    for _ in range(2):
        told.tell(started(Change("thing/a", "thing", "a", Action.CREATE)))
    assert len(said) == 2
    assert "Broken pipe" in told.trouble


def test_a_reader_who_goes_away_does_not_stop_the_run(shell: Shell) -> None:
    shell.project(TWO)
    words = [*COMMAND, "apply", "-e", "local", "--yes", "--format", "jsonl"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "not all events could be written" in said
    assert "Traceback" not in said
    assert len(shell.state()["objects"]["redirect_urls"]) == 2
