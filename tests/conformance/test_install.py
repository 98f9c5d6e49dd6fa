from __future__ import annotations

import json
import re

import pytest

from tests.conformance import install

LOCK = json.loads((install.PINS / "package-lock.json").read_text("utf-8"))


def test_every_package_is_asked_for_at_one_version() -> None:
    versions = install.versions()
    assert {"@clerk/backend", "@stoplight/prism-cli", "clerk", "clerk-backend-api"} <= versions.keys()
    assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)+", version) for version in versions.values())


def test_a_requirement_without_an_exact_version_is_an_error() -> None:
    assert install.required("# said\n\na==1.2  # why\nb_c==3\n") == {"a": "1.2", "b_c": "3"}
    for line in ("a>=1", "a", "a==1.*"):
        with pytest.raises(ValueError, match="no exact version"):
            install.required(line)


def test_the_lock_file_is_about_the_packages_asked_for_and_names_no_place_to_get_them_from() -> None:
    asked = json.loads((install.PINS / "package.json").read_text("utf-8"))["dependencies"]
    assert LOCK["packages"][""]["dependencies"] == asked
    assert all(LOCK["packages"][f"node_modules/{name}"]["version"] == asked[name] for name in asked)
    assert all("integrity" in one and "resolved" not in one for name, one in LOCK["packages"].items() if name)


def test_the_reason_of_an_installer_is_told_without_addresses_and_warnings() -> None:
    printed = "npm warn old\nnpm error code E404\n\nnpm error 404 https://somewhere.example/a is not here\n"
    assert install.reason(printed) == "npm error code E404 / npm error 404 … is not here"
    assert install.reason("") == "it said nothing"
