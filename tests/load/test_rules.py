from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.errors import FilesError
from reconcile.load import load_project
from reconcile.model import Limit, Rules

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
version: 1
resources: [clerk.yml]
environments: {local: {api_url: embedded}}
"""


def rules(folder: Path, policy: str) -> Rules:
    (folder / "clerk.yml").write_text("redirect_urls: []\n", encoding="utf-8")
    (folder / "reconcile.yml").write_text(PROJECT + policy, encoding="utf-8")
    return load_project(folder, catalogue.schema("project")).rules


@pytest.mark.parametrize("policy", ["", "policy: {}\n"])
def test_without_a_policy_three_in_ten_may_go_and_all_may_change(tmp_path: Path, policy: str) -> None:
    found = rules(tmp_path, policy)

    assert (found.max_delete, found.max_change, found.min_size) == (Limit(30, share=True), None, 10)
    assert (found.protected, found.retired, found.delivery_consumer) == ((), (), "")


def test_every_word_of_a_policy_arrives(tmp_path: Path) -> None:
    policy = """\
policy:
  max_delete: 5
  max_change: 12.5%
  min_size: 0
  protected: [restrictions, "jwt_template/*"]
  retired: ["redirect_url/old:*"]
  delivery_consumer: the mailer
"""
    assert rules(tmp_path, policy) == Rules(
        max_delete=Limit(5),
        max_change=Limit(12.5, share=True),
        min_size=0,
        protected=("restrictions", "jwt_template/*"),
        retired=("redirect_url/old:*",),
        delivery_consumer="the mailer",
    )


@pytest.mark.parametrize("share", ['"30%"', "30%", "0%", "100%"])
def test_a_share_needs_no_quotes(tmp_path: Path, share: str) -> None:
    limit = rules(tmp_path, f"policy: {{max_delete: {share}}}\n").max_delete

    assert str(limit) == share.strip('"')


@pytest.mark.parametrize(
    ("policy", "where"),
    [
        ("{max_delete: -1}", "policy.max_delete"),
        ("{max_delete: 1.5}", "policy.max_delete"),
        ("{max_delete: 101%}", "policy.max_delete"),
        ("{max_delete: many}", "policy.max_delete"),
        ("{max_delete: true}", "policy.max_delete"),
        ("{max_delete: }", "policy.max_delete: must be a whole number or text, not nothing"),
        ("{max_change: 30 %}", "policy.max_change"),
        ("{min_size: 10%}", "policy.min_size"),
        ("{protected: restrictions}", "policy.protected: must be a list"),
        ('{protected: [""]}', "policy.protected"),
        ('{delivery_consumer: " "}', "policy.delivery_consumer"),
        ("{max_deletes: 3}", "did you mean max_delete?"),
        ("", "policy: must be a map, not nothing"),
    ],
)
def test_what_is_no_policy_is_an_error_with_its_line(tmp_path: Path, policy: str, where: str) -> None:
    with pytest.raises(FilesError) as caught:
        rules(tmp_path, f"policy: {policy}\n")

    assert where in str(caught.value.findings[0])
    assert str(caught.value.findings[0]).startswith("reconcile.yml:4: ")
