"""`newsletter issue image`, `newsletter theme image`: pictures from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.cli.main import run


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")

    def call(*words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    return call


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "square.png"
    Image.linear_gradient("L").resize((900, 600)).save(file)
    return file


def test_a_file_becomes_an_image_block_where_it_is_asked_for(call: Any, picture: Path, tmp_path: Path) -> None:
    call("issue", "new", "--from", "none")
    call("issue", "section", "add", 1, "Town")
    call("issue", "text", 1, "Words", "--section", "Town")
    words = ("--alt", "The square", "--caption", "*At noon*", "--link", "https://x.example/", "--section", "Town")
    issue = call("issue", "image", 1, picture, *words, "--at", 1)
    town = next(one for one in issue["sections"] if one["name"] == "Town")
    shown = town["blocks"][0]
    assert (shown["kind"], shown["alt"], shown["url"]) == ("image", "The square", "https://x.example/")
    edited = call("issue", "edit", 1, shown["id"], "--alt", "The empty square", "--tags", "Square, Town")
    shown = next(one for one in edited["sections"] if one["name"] == "Town")["blocks"][0]
    assert (shown["alt"], shown["tags"]) == ("The empty square", ["Square", "Town"])
    files = call("issue", "render", 1, "--out", tmp_path / "out")
    html = Path(files["html"]).read_text()
    assert f'<img src="https://letter.example.org/images/{shown["asset"]}" width="632" height="421"' in html
    assert "[Image: The empty square]\nhttps://x.example/" in Path(files["text"]).read_text()


def test_what_cannot_be_shown_is_refused_in_words(call: Any, picture: Path, workspace: Path) -> None:
    call("issue", "new", "--from", "none")
    before = call("issue", "show", 1)
    for words in (
        (picture, "--alt", ""),
        (workspace / "newsletter.toml", "--alt", "Settings"),
        ("http://127.0.0.1:9/x.png", "--alt", "Nothing"),
        (picture, "--alt", "x", "--section", "Nowhere"),
    ):
        assert call("issue", "image", 1, *words, code=2)["error"]["message"]
    assert call("issue", "show", 1) == before
    assert not (workspace / "assets").exists()


def test_a_picture_for_a_theme_has_an_address(call: Any, picture: Path, workspace: Path) -> None:
    taken = call("theme", "image", picture)
    assert taken["url"] == f"https://letter.example.org/images/{taken['name']}"
    folder = Path(call("theme", "new", "evening")["folder"])
    toml = (folder / "theme.toml").read_text().replace('# logo = ""', f'logo = "{taken["url"]}"')
    (folder / "theme.toml").write_text(toml.replace('# logo_alt = ""', 'logo_alt = "The Letter"'))
    files = call("theme", "preview", "evening", "--out", workspace / "out")
    assert f'<img src="{taken["url"]}" width="120" alt="The Letter"' in Path(files["html"]).read_text()
    assert call("theme", "check", "evening")["findings"] == []
