from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile.model import Counterpart, Desired, Origin, Secret
from reconcile.promote import Terms, leftovers, literals
from tests.compare.sides import KINDS, declared, section

ROW = Counterpart({"staging": "staging-project", "dev": "dev-project"}, Origin("reconcile.yml", 8))
LITERALS = literals(
    ("staging", "prod"),
    ({"app": "https://staging.acme.example", "on": "true"}, {"app": "https://acme.example", "on": "false"}),
    [ROW],
)
TERMS = Terms("staging", "prod", LITERALS)


def found(desired: Desired, terms: Terms = TERMS) -> list[str]:
    return [str(item) for item in leftovers(KINDS, desired, terms)]


def test_a_host_of_the_other_environment_is_found_wherever_it_stands() -> None:
    claims = {"a": ["x", {"staging.acme.example": 1}], "n": 1, "fine": "https://acme.example", "on": "true"}
    desired = Desired(
        {
            "email_template": section(
                declared("invitation", "mail.yml", subject="Hi", body="at staging-project")
            ),
            "jwt_template": section(declared("hasura", "jwt.yml", claims=claims, signing_key=Secret("KEY"))),
            "redirect_url": section(declared("https://staging.acme.example/cb", "urls.yml")),
        }
    )
    remedy = "with a variable, set it in an overlay of prod, or, if it is meant, name it under promote.keep"
    mail, token, url = found(desired)
    assert mail == (
        "mail.yml:1: email_template/invitation: body: still holds staging-project of staging (promote.map at "
        "reconcile.yml:8); add what stands for it in prod, as a variable or in a row of promote.map"
    )
    assert token == (
        "jwt.yml:1: jwt_template/hasura: claims.a.1.staging.acme.example: still holds staging.acme.example of staging "
        f"(the host of variable app); prod has acme.example: write this value {remedy}"
    )
    assert url == (
        "urls.yml:1: redirect_url/https://staging.acme.example/cb: still holds https://staging.acme.example of staging "
        f"(variable app); prod has https://acme.example: write this entry {remedy}"
    )


def test_a_row_of_the_map_that_leaves_a_host_of_the_other_environment_is_found_out() -> None:
    rows = [
        Counterpart(
            {"staging": "project", "prod": "project.staging.acme.example"}, Origin("reconcile.yml", 8)
        ),
        Counterpart(
            {"staging": "api.acme.example", "prod": "api.acme.example.test"}, Origin("reconcile.yml", 9)
        ),
    ]
    variables = ({"app": "https://staging.acme.example"}, {"app": "https://acme.example"})
    terms = Terms("staging", "prod", literals(("staging", "prod"), variables, rows))
    assert (
        terms.literals.mapped("project api.acme.example")
        == "project.staging.acme.example api.acme.example.test"
    )

    claims = {"db": "project.staging.acme.example", "api": "api.acme.example.test"}
    (left,) = found(Desired({"jwt_template": section(declared("a", "jwt.yml", claims=claims))}), terms)

    assert left == (
        "jwt.yml:1: jwt_template/a: claims.db: still holds staging.acme.example of staging (the host of variable app); "
        "promote.map at reconcile.yml:8 puts it there: correct that row, or, if it is meant, name it under promote.keep"
    )


@pytest.mark.parametrize(
    "keep",
    ["redirect_url/https://staging*", "redirect_url/https://staging.acme.example/cb", "redirect_url/*"],
)
def test_what_is_meant_may_stay(keep: str) -> None:
    desired = Desired({"redirect_url": section(declared("https://staging.acme.example/cb", "urls.yml"))})
    assert found(desired, replace(TERMS, keep=(keep,))) == []


def test_a_single_field_may_be_kept() -> None:
    wanted = declared("hasura", "jwt.yml", claims={"a": "staging.acme.example", "b": "staging.acme.example"})
    desired = Desired({"jwt_template": section(wanted)})
    (left,) = found(desired, replace(TERMS, keep=("jwt_template/hasura.claims.a",)))
    assert left.startswith("jwt.yml:1: jwt_template/hasura: claims.b: still holds")
