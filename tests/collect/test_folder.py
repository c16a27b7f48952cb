"""Dropped files are found, and left as they are."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from newsletter.collect.folder import scan
from newsletter.collect.found import Unreadable

ENDINGS = frozenset((".md", ".txt"))


def drop(folder: Path, name: str, text: str = "text", age: float = 60) -> Path:
    path = folder / name
    path.write_text(text)
    when = time.time() - age
    os.utime(path, (when, when))
    return path


def test_files_of_known_kinds_are_read_and_nothing_is_touched(tmp_path: Path) -> None:
    drop(tmp_path, "b.md")
    drop(tmp_path, "a.TXT", "hello")
    drop(tmp_path, ".hidden.md")
    drop(tmp_path, "paper.pdf")
    (tmp_path / "sub").mkdir()
    drop(tmp_path / "sub", "paper.doc")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    found = scan(tmp_path, endings=ENDINGS, max_bytes=100)
    assert [(one.name, one.ending, one.content) for one in found.files] == [
        ("a.TXT", ".txt", b"hello"),
        ("b.md", ".md", b"text"),
    ]
    assert found.ignored == ("paper.pdf", "sub/paper.doc")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_link_and_a_file_that_is_too_big_are_refused(tmp_path: Path) -> None:
    target = drop(tmp_path, "target.txt")
    (tmp_path / "link.md").symlink_to(target)
    drop(tmp_path, "big.md", "x" * 200)
    os.mkfifo(tmp_path / "pipe.md")
    found = scan(tmp_path, endings=ENDINGS, max_bytes=100)
    assert [one.name for one in found.files] == ["target.txt"]
    assert {one.name: one.reason.split(";")[0].split(" Mi")[0] for one in found.refused} == {
        "big.md": "It is larger than 9.54e-05",
        "link.md": "It is a symbolic link",
    }


def test_a_file_that_is_being_written_waits_for_the_next_run(tmp_path: Path) -> None:
    drop(tmp_path, "young.md", age=0)
    drop(tmp_path, "old.md")
    found = scan(tmp_path, endings=ENDINGS, max_bytes=100)
    assert ([one.name for one in found.files], found.waiting) == (["old.md"], ("young.md",))


def test_with_force_a_young_file_is_taken_if_it_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(tmp_path, "young.md", age=0)
    growing = drop(tmp_path, "growing.md", age=0)
    monkeypatch.setattr(time, "sleep", lambda _: growing.write_text("text and more"))
    found = scan(tmp_path, endings=ENDINGS, max_bytes=100, force=True)
    assert ([one.name for one in found.files], found.waiting) == (["young.md"], ("growing.md",))


def test_a_file_from_the_future_does_not_wait_for_ever(tmp_path: Path) -> None:
    drop(tmp_path, "future.md", age=-3600)
    assert [one.name for one in scan(tmp_path, endings=ENDINGS, max_bytes=100).files] == ["future.md"]


def test_an_empty_folder_is_fine_and_a_missing_one_a_reason(tmp_path: Path) -> None:
    assert scan(tmp_path, endings=ENDINGS, max_bytes=100).files == ()
    with pytest.raises(Unreadable, match="does not exist"):
        scan(tmp_path / "no", endings=ENDINGS, max_bytes=100)
    with pytest.raises(Unreadable, match="is not a folder"):
        scan(drop(tmp_path, "file.md"), endings=ENDINGS, max_bytes=100)


def test_subfolders_are_followed_a_few_deep_and_never_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    drop(outside, "secret.md")
    folder = tmp_path / "drop"
    deep = folder / "1" / "2" / "3" / "4" / "5"
    deep.mkdir(parents=True)
    for path in (folder, *deep.parents[:4], deep):
        drop(path, "note.md")
    (folder / "way-out").symlink_to(outside)
    (folder / ".hidden").mkdir()
    drop(folder / ".hidden", "note.md")
    found = scan(folder, endings=ENDINGS, max_bytes=100)
    assert [one.name for one in found.files] == [
        "1/2/3/4/note.md", "1/2/3/note.md", "1/2/note.md", "1/note.md", "note.md",
    ]  # fmt: skip
    assert {one.name for one in found.refused} == {"1/2/3/4/5", "way-out"}


def test_what_belongs_to_a_saved_page_is_no_item(tmp_path: Path) -> None:
    drop(tmp_path, "The mill.html")
    (tmp_path / "The mill_files").mkdir()
    drop(tmp_path / "The mill_files", "frame.html")
    found = scan(tmp_path, endings=frozenset((".html",)), max_bytes=100)
    assert [one.name for one in found.files] == ["The mill.html"]
