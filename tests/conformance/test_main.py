from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance import __main__ as command
from tests.conformance.declared import Deviation
from tests.conformance.report import Verdict

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = Deviation(("contract",), (), ("*",), ("status 401",), "why", "who")


def result(step: str, *judges: str) -> command.Result:
    return command.Result(step, 0.0, tuple(Verdict(judge, "2026-05-12", "parts", 1) for judge in judges))


def test_a_folder_without_descriptions_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--specs", str(tmp_path)]) == 2
    assert "holds no description" in capsys.readouterr().err


def test_a_description_without_our_operations_fails_the_run_and_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2026-05-12.yml").write_text("paths: {}\n", "utf-8")

    assert command.main(["--specs", str(tmp_path), "--only", "contract", "kinds"]) == 1
    printed = capsys.readouterr().out
    assert "contract 2026-05-12: GET /instance: operation: the vendor has none" in printed
    assert "kinds 2026-05-12: PATCH /instance: operation: instance: the vendor has none" in printed


def test_a_step_that_breaks_is_a_failure_that_says_why(tmp_path: Path) -> None:
    found = command.run("contract", {str(tmp_path): None})  # type: ignore[dict-item]

    assert found.failure.startswith("contract: AttributeError")


def test_an_entry_is_asked_for_once_its_judges_were_heard() -> None:
    assert command.unused([ENTRY], [result("kinds", "kinds")]) == []
    assert command.unused([ENTRY], [result("contract", "contract")]) == [ENTRY]


def test_an_entry_for_all_judges_is_asked_for_in_a_full_run() -> None:
    anyone = Deviation((), (), ("*",), ("status 401",), "why", "who")

    assert command.unused([anyone], [result("contract", "contract")]) == []
    assert command.unused([anyone], [result(step, step) for step in command.STEPS]) == [anyone]


def test_the_tour_alone_asks_for_no_entry_of_the_traffic() -> None:
    entry = Deviation(("requests",), (), ("*",), ("status 401",), "why", "who")

    assert command.unused([entry], [result("tour", "requests")]) == []
    assert command.unused([entry], [result("traffic", "requests")]) == [entry]


@pytest.mark.parametrize("judged", [(), ("contract",)])
def test_a_judge_that_looked_at_nothing_has_failed(judged: tuple[str, ...]) -> None:
    verdicts = tuple(Verdict(judge, "2026-05-12", "parts", 0) for judge in judged)

    assert command._emptiness("contract", verdicts).startswith("contract: looked at nothing")
