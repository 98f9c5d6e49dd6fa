"""Names that come in when somebody asks for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconcile import codec, model


def test_every_name_that_a_package_offers_can_be_had() -> None:
    for package in (model, codec):
        assert all(getattr(package, name) is not None for name in package.__all__)


def test_a_name_that_there_is_not_is_an_error_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match=r"module 'reconcile\.model' has no attribute 'Nothing'"):
        _ = model.Nothing


def test_what_a_plan_does_not_need_stays_out() -> None:
    program = (
        "import sys, reconcile.model, reconcile.codec;"
        "print(sorted(name for name in sys.modules if name.startswith('reconcile.')))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"reconcile.model.drift", "reconcile.model.adoption", "reconcile.rollback"} & {
        *ran.stdout.replace("'", "").strip("[]\n").split(", ")
    }
