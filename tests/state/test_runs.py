"""Runs in a state folder: written line by line, read back whatever became of them, thrown away when they are old."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.errors import FilesError, UnwrittenError, UsageError
from reconcile.model import Action, Call, Change, Outcome, Secret, Status, Value
from reconcile.redact import Redactor
from reconcile.state.journal import Journal
from reconcile.state.kept import End
from reconcile.state.runs import DAYS, KEEP, begin, chosen, kept, prune, unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import FakeClock

CHANGE = Change("k/a", "k", "a", Action.CREATE)
CALL = Call("POST", "/k", {"name": Value("a"), "key": Secret("KEY", "hmac:1")})
HEAD: dict[str, Any] = {
    "digest": "sha256:0123456789",
    "instance": "ins_1",
    "environment": "staging",
    "changes": 1,
}


def started(state: Path, clock: FakeClock, redact: Redactor | None = None, **head: Any) -> Journal:
    return begin(state, {**HEAD, **head}, "{}", "{}", clock, redact or Redactor())


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    number = journal.intend(CHANGE, CALL)
    journal.answered(number, None)
    journal.note(Outcome("k/a", Action.CREATE, Status.DONE))
    journal.end(stopped=False, pending=0)
    journal.close()

    (run,) = kept(tmp_path)

    assert [line["line"] for line in run.lines] == ["run", "call", "answer", "outcome", "end"]
    assert run.lines[1]["body"] == {"name": {"value": "a"}, "key": {"secret": "KEY", "digest": "hmac:1"}}
    assert (run.end, run.counts, run.unanswered) == (End.COMPLETE, {"done": 1}, ())
    assert (run.environment, run.instance, run.seen) == ("staging", "ins_1", False)
    assert run.name.endswith("Z-01234567")
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in run.folder.rglob("*"))
    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700


def test_what_is_intended_is_on_disk_before_it_is_sent(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.intend(CHANGE, CALL)

    (run,) = kept(tmp_path)
    assert run.unanswered == ("k/a",)


def test_a_run_that_was_cut_off_is_understood_also_in_the_middle_of_a_line(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = started(tmp_path, clock)
    journal.intend(CHANGE, CALL)
    journal.close()
    path = journal.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"line": "answ')

    (run,) = kept(tmp_path)
    assert (run.end, run.unanswered) == (End.CUT_OFF, ("k/a",))

    again = Journal(run.folder, clock, Redactor())
    again.seen()
    again.close()
    (run,) = kept(tmp_path)
    assert run.seen, "it does not follow half a line, but begins a new one"
    assert [line["line"] for line in run.lines] == ["run", "call", "seen"]


def test_half_a_letter_at_the_end_hides_no_line_before_it_and_none_after_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = started(tmp_path, clock)
    journal.note(Outcome("k/a", Action.CREATE, Status.FAILED, "nö"))
    journal.close()
    path = journal.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[1].partition("ö".encode()[1:])[0])
    assert path.read_bytes().endswith(b"\xc3")

    again = Journal(journal.folder, clock, Redactor())
    again.seen()
    again.close()

    (run,) = kept(tmp_path)
    assert [line["line"] for line in run.lines] == ["run", "outcome", "seen"]


def test_a_disk_that_is_full_for_a_while_costs_one_line_and_not_the_next(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = started(tmp_path, clock)
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, line: write(handle, line[: len(line) // 2]))
        journal.answered(1, None)
    journal.answered(2, None)
    journal.close()

    assert "No space left" in journal.trouble
    (run,) = kept(tmp_path)
    assert [line.get("call") for line in run.lines] == [None, 2]


def test_a_run_without_an_end_is_under_way_as_long_as_its_process_has_the_journal(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = started(tmp_path, clock)
    assert [run.end for run in kept(tmp_path)] == [End.UNDER_WAY]

    journal.close()
    assert [run.end for run in kept(tmp_path)] == [End.CUT_OFF], "whoever has the number of its process now"


def test_a_damaged_line_is_left_out_and_the_others_count(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    damaged = [
        '{"line": "call", "call": []}',
        '{"line": "answer"}',
        '{"line": "outcome", "address": "k/a"}',
        '{"line": 1}',
        '{"line": "call", "call": 1, "address": null}',
        "[" * 100_000,
        "\x00",
    ]
    with (journal.folder / "journal.jsonl").open("a") as file:
        file.write("\n".join(damaged) + "\n")
    journal.intend(CHANGE, CALL)

    (run,) = kept(tmp_path)
    assert [line["line"] for line in run.lines] == ["run", "call"]
    assert (run.unanswered, run.counts, run.done) == (("k/a",), {}, frozenset())


def test_the_lines_of_a_run_are_looked_at_only_once_somebody_asks(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.answered(1, None)
    journal.end(stopped=False, pending=0)
    journal.close()

    (run,) = kept(tmp_path)
    assert (run.instance, run.end) == ("ins_1", End.COMPLETE)
    assert "lines" not in vars(run)
    assert len(run.lines) == 3


def test_the_proof_has_the_last_word_about_how_a_change_ended(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.note(Outcome("k/a", Action.CREATE, Status.DONE))
    journal.note(Outcome("k/a", Action.CREATE, Status.UNCONFIRMED, "reads do not show it"))

    (run,) = kept(tmp_path)
    assert (run.counts, run.done) == ({"unconfirmed": 1}, frozenset())


def test_what_no_call_was_sent_for_was_not_touched(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.intend(CHANGE, CALL)
    journal.note(Outcome("k/b", Action.CREATE, Status.SKIPPED, "needs k/a"))

    assert kept(tmp_path)[0].touched == {"k/a"}


def test_half_of_a_surrogate_pair_is_kept_as_it_is(tmp_path: Path, clock: FakeClock) -> None:
    journal = begin(tmp_path, HEAD, '{"a": "\ud800"}', "{}", clock, Redactor())
    journal.note(Outcome("k/a", Action.CREATE, Status.FAILED, "422: \udfff is no letter"))

    (run,) = kept(tmp_path)
    assert run.document("plan.json") == {"a": "\ud800"}
    assert run.lines[1]["reason"] == "422: \udfff is no letter"


def test_a_run_that_was_stopped_says_so(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.end(stopped=True, pending=None)

    assert kept(tmp_path)[0].end is End.STOPPED


def test_secrets_that_others_say_aloud_are_not_written(tmp_path: Path, clock: FakeClock) -> None:
    redact = Redactor()
    redact.learn("KEY", "a long secret")
    journal = started(tmp_path, clock, redact)
    journal.answered(1, "422: a long secret is not accepted")

    assert "a long secret" not in (journal.folder / "journal.jsonl").read_text()
    assert "[secret KEY]" in (journal.folder / "journal.jsonl").read_text()


def test_many_threads_write_whole_lines(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: journal.intend(CHANGE, CALL), range(200)))

    assert sorted(numbers) == list(range(1, 201))
    assert len(kept(tmp_path)[0].lines) == 201


def test_a_disk_that_fails_is_told_and_ends_nothing(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.close()
    journal.answered(1, None)

    assert "journal.jsonl" in journal.trouble


def test_what_cannot_be_written_down_must_not_be_sent(tmp_path: Path, clock: FakeClock) -> None:
    journal = started(tmp_path, clock)
    journal.close()

    with pytest.raises(UnwrittenError, match=r"journal\.jsonl"):
        journal.intend(CHANGE, CALL)


def test_a_run_that_cannot_begin_leaves_no_folder(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda _handle, _line: 0)  # the disk is full
    with pytest.raises(OSError, match="No space left"):
        started(tmp_path, clock)

    assert list((tmp_path / "runs").iterdir()) == []


def test_runs_keep_their_order_within_one_moment_and_where_the_clock_was_set_back(
    tmp_path: Path, clock: FakeClock
) -> None:
    names = [started(tmp_path, clock, digest=f"sha256:{digest}").folder.name for digest in ("ff", "aa", "cc")]
    clock.sleep(-3600)
    names.append(started(tmp_path, clock).folder.name)

    assert [run.name for run in kept(tmp_path)] == names[::-1]


def test_what_is_no_run_is_no_run(tmp_path: Path, clock: FakeClock) -> None:
    assert kept(tmp_path) == []
    started(tmp_path, clock)
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    (tmp_path / "runs" / "empty").mkdir()
    (tmp_path / "runs" / "other").mkdir()
    (tmp_path / "runs" / "other" / "journal.jsonl").write_text('[1]\n{"line": "end"}\n')

    assert len(kept(tmp_path)) == 1


def test_a_run_whose_journal_is_damaged_is_known_to_be_there(tmp_path: Path, clock: FakeClock) -> None:
    for content in (b"\x00" * 40, b'{"line": "call", "call": 1, "address": "k/a"}\n', b"", None):
        journal = started(tmp_path, clock)
        journal.close()
        path = journal.folder / "journal.jsonl"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
    whole = started(tmp_path, clock)
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    folders = sorted((tmp_path / "runs").glob("2*"))

    assert [run.name for run in kept(tmp_path)] == [whole.folder.name]
    assert unreadable(tmp_path, kept(tmp_path)) == [folders[1].name, folders[0].name], (
        "the others sent nothing"
    )


def test_a_run_is_chosen_by_its_name_its_beginning_or_its_digest(tmp_path: Path, clock: FakeClock) -> None:
    started(tmp_path, clock)
    clock.sleep(60)
    started(tmp_path, clock, digest="sha256:fedcba98")
    newest, oldest = runs = kept(tmp_path)

    assert chosen(runs, newest.name) is newest
    assert chosen(runs, "01234567") is oldest
    assert chosen(runs, oldest.name[:14]) is oldest
    with pytest.raises(UsageError, match="may mean"):
        chosen(runs, "20")
    with pytest.raises(UsageError, match="there is no such run"):
        chosen(runs, "x")


def test_a_document_that_is_missing_or_damaged_is_told_with_its_path(
    tmp_path: Path, clock: FakeClock
) -> None:
    started(tmp_path, clock)
    (run,) = kept(tmp_path)

    assert run.document("plan.json") == {}
    (run.folder / "plan.json").write_text("{")
    (run.folder / "deep.json").write_text("[" * 100_000)
    for name in ("plan.json", "deep.json", "gone.json"):
        with pytest.raises(FilesError, match=name):
            run.document(name)


def test_old_runs_go_and_young_and_last_ones_stay(tmp_path: Path, clock: FakeClock) -> None:
    for number in range(KEEP + 3):
        journal = started(tmp_path, clock, digest=f"sha256:{number:08}")
        if number != 1:
            journal.end(stopped=False, pending=0)
        journal.close()
        clock.sleep(1)
    (tmp_path / "runs").joinpath(kept(tmp_path)[-2].name, "journal.jsonl").write_text(
        json.dumps({"line": "run", **HEAD, "at": "2001-01-01T00:00:00Z"}) + "\n"
    )
    unborn = tmp_path / "runs" / "20010101T000000.000Z-01234567"
    unborn.mkdir()
    (unborn / "plan.json").write_text("{}")
    (tmp_path / "runs" / "mine").mkdir()
    prune(tmp_path, clock.now())
    assert len(kept(tmp_path)) == KEEP + 3, "they are young"
    assert not unborn.exists(), "it was killed before it began, long ago"
    assert (tmp_path / "runs" / "mine").exists()

    prune(tmp_path, clock.now() + DAYS * 86_400)
    left = [run.name[-8:] for run in kept(tmp_path)]
    assert len(left) == KEEP + 1
    assert left[-1] == "00000001", "nobody has told of it yet"
