"""Files that come into being together, and never in place of what is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import OutputConflictError, OutputFileError
from engine.tables.outputs import Outputs, keep_apart


def write_both(one: Path, other: Path, write_other: Callable[[Path], object]) -> None:
    with Outputs() as files:
        files.write(one, lambda part: part.write_text("new"))
        files.write(other, write_other)


def test_an_output_is_never_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same name, a roundabout one, a symbolic or hard link, one that does not exist yet, or twice."""
    monkeypatch.chdir(tmp_path)
    read = tmp_path / "in.csv"
    read.write_text("x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "soft.csv").symlink_to(read)
    (tmp_path / "hard.csv").hardlink_to(read)
    (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)
    for name in ("in.csv", "./sub/../in.csv", "soft.csv", "hard.csv", "folder/in.csv", str(read)):
        with pytest.raises(OutputConflictError, match=r"--out .* is the same file as --incidents"):
            keep_apart({"--out": name}, {"--incidents": "in.csv", "--units": None})
    with pytest.raises(OutputConflictError, match="which is written too"):
        keep_apart({"--out": "new.csv", "--map": "sub/../new.csv"}, {})
    keep_apart({"--out": "new.csv", "--map": None}, {"--incidents": "in.csv"})


def test_all_or_nothing(tmp_path: Path) -> None:
    """When the second file fails the first keeps its old content and nothing is left lying about."""
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("old")

    def fails(part: Path) -> None:
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputFileError, match=r"other\.csv cannot be written: No space left.*nothing was written"):
        write_both(one, other, fails)
    assert one.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]
    with Outputs() as files:
        files.write(one, lambda part: part.write_text("new"))
        files.write(other, lambda part: part.write_text("new"))
    assert one.read_text() == other.read_text() == "new"


def test_what_was_written_before_a_failure_is_named(tmp_path: Path) -> None:
    """A place that turns into a folder between the check and the end: the message says what is there already."""
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"

    def blocks(part: Path) -> None:
        part.write_text("new")
        other.mkdir()
        (other / "x").write_text("")

    with pytest.raises(OutputFileError, match=r"already written: .*one\.csv"):
        write_both(one, other, blocks)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing to a symbolic link changes what it points to."""
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    with Outputs() as files:
        files.write(link, lambda part: part.write_text("new"))
    assert link.is_symlink()
    assert target.read_text() == "new"
