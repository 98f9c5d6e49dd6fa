from __future__ import annotations

from pathlib import Path

import click
import pytest

from reconcile.cli.app import COMMANDS, app
from reconcile.cli.asked import Asked
from reconcile.cli.groups import Opening, Shown, gathered
from reconcile.cli.reach import Reach


def test_options_arrive_in_the_value_whose_fields_they_are_named_after() -> None:
    @gathered(reach=Reach, opening=Opening, asked=Asked)
    def command(opening: Opening, asked: Asked, plan: str) -> tuple[Opening, Asked, str]:
        return opening, asked, plan

    given = command(folder=Path("a"), environment="b", timeout=3.0, targets=("c",), plan="d")
    assert given == (Opening(Path("a"), Reach(timeout=3.0), "b"), Asked(targets=("c",)), "d")


def test_an_option_that_no_field_takes_is_no_option_of_the_command() -> None:
    @gathered(shown=Shown)
    def command(shown: Shown) -> Shown:
        return shown

    with pytest.raises(TypeError, match="colour"):
        command(form="text", colour=False)


def test_a_value_that_lacks_an_option_cannot_be_made() -> None:
    @gathered(opening=Opening)
    def command(opening: Opening) -> Opening:
        return opening

    with pytest.raises(TypeError, match="reach"):
        command(folder=Path())


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_is_not_given_is_as_one_that_is_not_offered(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    offered = {one.name: one.default for one in command.params}
    usual = {"max_capacity": Reach().max_capacity, "parallelism": Reach().parallelism}
    shared = usual.keys() & offered.keys()
    assert {one: offered[one] for one in shared} == {one: usual[one] for one in shared}


def test_an_environment_is_replaced_and_all_else_kept() -> None:
    opening = Opening(Path("a"), Reach(verbose=1), "b", ("c=d",), Path("e"))
    assert opening.of("f") == Opening(Path("a"), Reach(verbose=1), "f", ("c=d",), Path("e"))
    assert opening.quietly().reach == Reach(verbose=1, quiet=True)
    assert opening.state(Path("/root")) == Path("e").absolute()
    assert Opening(Path(), Reach()).state(Path("/root")) == Path("/root/.reconcile")
