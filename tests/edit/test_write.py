from __future__ import annotations

import resource
import stat
from typing import TYPE_CHECKING

import pytest

from reconcile.edit import Edit, write
from reconcile.errors import FilesError
from tests.unprivileged import unprivileged

if TYPE_CHECKING:
    from pathlib import Path


def test_files_change_come_and_go_and_keep_their_permissions(tmp_path: Path) -> None:
    changes, goes, comes = tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "deep" / "c.yml"
    changes.write_bytes(b"a")
    changes.chmod(0o640)
    goes.write_bytes(b"b")

    write(tmp_path, [Edit(changes, b"a", b"A"), Edit(goes, b"b", None), Edit(comes, None, b"C")])

    assert (changes.read_bytes(), goes.exists(), comes.read_bytes()) == (b"A", False, b"C")
    assert stat.S_IMODE(changes.stat().st_mode) == 0o640
    assert stat.S_IMODE(comes.stat().st_mode) == 0o644
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.yml", "c.yml", "deep"]


def refused(root: Path, *edits: Edit) -> list[str]:
    with pytest.raises(FilesError) as caught:
        write(root, edits)
    return [str(one) for one in caught.value.findings]


def test_where_one_file_was_changed_meanwhile_none_is_written(tmp_path: Path) -> None:
    one, two, new = tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "c.yml"
    one.write_bytes(b"a")
    two.write_bytes(b"somebody else")
    new.write_bytes(b"somebody else")

    assert refused(tmp_path, Edit(one, b"a", b"A"), Edit(two, b"b", b"B"), Edit(new, None, b"C")) == [
        "b.yml: was changed by somebody meanwhile; nothing was written: run it again",
        "c.yml: has come to be meanwhile; nothing was written: run it again",
    ]
    assert one.read_bytes() == b"a"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_is_gone_is_not_written(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path, Edit(tmp_path / "a.yml", b"a", b"A"))[0]


@pytest.mark.parametrize("name", ["../out.yml", ".hidden.yml", ".git/config"])
def test_nothing_outside_of_the_project_and_nothing_hidden_is_written(tmp_path: Path, name: str) -> None:
    root = tmp_path / "project"
    root.mkdir()

    assert len(refused(root, Edit(root / name, None, b"x"))) == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["project"]


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yml").write_bytes(b"a")
    (tmp_path / "link.yml").symlink_to(tmp_path / "real.yml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "through").symlink_to(tmp_path / "folder")

    told = refused(
        tmp_path, Edit(tmp_path / "link.yml", b"a", b"A"), Edit(tmp_path / "through" / "new.yml", None, b"x")
    )

    assert ["is a link, or stands behind one" in one for one in told] == [True, True]
    assert (tmp_path / "real.yml").read_bytes() == b"a"


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    one, way = tmp_path / "a.yml", tmp_path / "way"
    one.write_bytes(b"a")
    way.write_bytes(b"a file where a folder would have to be")

    with pytest.raises(OSError, match="way"):
        write(tmp_path, [Edit(one, b"a", b"A"), Edit(way / "b.yml", None, b"x")])

    assert one.read_bytes() == b"a"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "way"]


def test_a_file_that_is_read_only_is_left_alone_and_so_are_all_others(tmp_path: Path) -> None:
    one, two = tmp_path / "a.yml", tmp_path / "b.yml"
    one.write_bytes(b"a")
    two.write_bytes(b"b")
    two.chmod(0o444)

    assert refused(tmp_path, Edit(one, b"a", b"A"), Edit(two, b"b", b"B")) == [
        "b.yml: is read-only; nothing was written: make it writable, and run it again"
    ]
    assert (one.read_bytes(), two.read_bytes()) == (b"a", b"b")


@pytest.mark.parametrize(
    ("shut", "told"),
    [
        (".", ["a.yml: the folder of the project", "deep/b.yml: the folder deep"]),
        ("deep", ["deep/b.yml: the folder deep"]),
        (".reconcile", [".reconcile/writing.json: the folder .reconcile"]),
    ],
)
def test_a_folder_that_is_read_only_is_named_and_nothing_is_written(shut: str, told: list[str]) -> None:
    with unprivileged() as folder:
        (folder / "deep").mkdir()
        (folder / ".reconcile").mkdir()
        one, two = folder / "a.yml", folder / "deep" / "b.yml"
        one.write_bytes(b"a")
        two.write_bytes(b"b")
        (folder / "deep").chmod(0o555 if shut == "." else 0o755)
        (folder / shut).chmod(0o555)

        found = refused(folder, Edit(one, b"a", b"A"), Edit(two, b"b", b"B"))

        assert found == [
            f"{one} is read-only; nothing was written: make it writable, and run it again" for one in told
        ]
        assert (one.read_bytes(), two.read_bytes()) == (b"a", b"b")
        assert sorted(one.name for one in folder.rglob("*")) == [".reconcile", "a.yml", "b.yml", "deep"]


def test_a_disk_that_is_full_changes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    one, two = tmp_path / "a.yml", tmp_path / "b.yml"
    one.write_bytes(b"a")
    two.write_bytes(b"b")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="large"):
            write(tmp_path, [Edit(one, b"a", b"A"), Edit(two, b"b", b"B" * 10_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.yml": b"a", "b.yml": b"b"}


def test_what_was_replaced_already_comes_back_where_another_file_cannot_be(tmp_path: Path) -> None:
    one, gone, new = tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "c.yml"
    one.write_bytes(b"a")
    one.chmod(0o640)
    gone.write_bytes(b"b")
    twice = Edit(gone, b"b", None)

    with pytest.raises(FileNotFoundError):
        write(tmp_path, [twice, Edit(one, b"a", b"A"), Edit(new, None, b"C"), twice])

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.yml": b"a", "b.yml": b"b"}
    assert stat.S_IMODE(one.stat().st_mode) == 0o640


def test_a_file_may_have_the_longest_name_that_there_is(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 251}.yml"
    path.write_bytes(b"a")

    write(tmp_path, [Edit(path, b"a", b"A")])

    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(path.name, b"A")]
