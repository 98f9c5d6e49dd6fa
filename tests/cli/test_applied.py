"""What every kind of run leaves behind for those who ask later who has changed something since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

ONE = "jwt_templates: {a: {claims: {x: 1}}}\nredirect_urls: [old://x]\n"
TWO = "jwt_templates: {a: {claims: {x: 2}}}\nredirect_urls: [old://x]\n"


def agreed(shell: Shell) -> dict[str, Any]:
    """What is agreed on, by kind."""
    [path] = (shell.folder / ".reconcile" / "applied").iterdir()
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["objects"]
    return found


def claims(shell: Shell) -> object:
    return agreed(shell)["jwt_template"]["a"]["fields"]["claims"]["value"]


def test_an_apply_with_nothing_to_do_knows_that_files_and_instance_agree(shell: Shell) -> None:
    shell.project(ONE)
    shell("apply -e local --yes")
    (shell.folder / ".reconcile" / "applied").rename(shell.folder / "lost")
    shell("plan -e local")
    assert not (shell.folder / ".reconcile" / "applied").exists()

    assert shell("apply -e local --yes").code == 0

    assert claims(shell) == {"x": 1}
    assert list(agreed(shell)["redirect_url"]) == ["old://x"]


def test_a_saved_plan_is_agreed_on_and_not_what_the_files_say_meanwhile(shell: Shell) -> None:
    shell.project(ONE)
    shell("apply -e local --yes")
    shell.write("clerk.yml", TWO)
    shell("plan -e local --out saved.plan")
    shell.write("clerk.yml", TWO.replace("2", "3"))

    assert shell("apply saved.plan").code == 0

    assert claims(shell) == {"x": 2}


def test_after_a_rollback_it_is_what_was_brought_back(shell: Shell) -> None:
    shell.project(ONE)
    shell("apply -e local --yes")
    shell.write("clerk.yml", TWO)
    shell("apply -e local --yes")
    assert claims(shell) == {"x": 2}

    assert shell("rollback -e local --yes").code == 0

    assert claims(shell) == {"x": 1}


def test_where_it_cannot_be_kept_the_run_ends_well_and_says_so(shell: Shell) -> None:
    shell.project(ONE)
    shell.write(".reconcile/applied", "in the way")

    said = shell("apply -e local --yes")

    assert said.code == 0
    assert "this run is not remembered" in said.err


def test_a_damaged_one_is_replaced(shell: Shell) -> None:
    shell.project(ONE)
    shell("apply -e local --yes")
    [path] = (shell.folder / ".reconcile" / "applied").iterdir()
    path.write_text("nonsense", encoding="utf-8")

    assert shell("apply -e local --yes").code == 0

    assert claims(shell) == {"x": 1}
