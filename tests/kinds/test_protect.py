from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import FieldChange, Value

if TYPE_CHECKING:
    from tests.lab import Lab


def test_only_what_differs_is_sent(lab: Lab) -> None:
    plan = lab.plan(lab.want("protect: {rules_enabled: true, specter_enabled: false}"))

    assert plan.changes[0].fields == (FieldChange(("rules_enabled",), Value(value=False), Value(value=True)),)
    assert plan.changes[0].body == {"rules_enabled": Value(value=True)}


def test_what_the_service_reports_beside_it_cannot_be_declared(lab: Lab) -> None:
    assert len(lab.problems("protect: {checks_bypassed: true}")) == 1


def test_nothing_is_not_a_switch(lab: Lab) -> None:
    assert lab.problems("protect: {rules_enabled: null}") == [
        "resources.yml:1: protect: rules_enabled: must be true or false, not nothing"
    ]
