"""`newsletter theme`: a theme is made, tried and watched."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run
from newsletter.settings import load
from newsletter.workflows.theme_watch import watching


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    return call


def test_the_shipped_themes_are_listed_with_a_form_of_variables(call: Any) -> None:
    listed = {one["name"]: one for one in call("theme", "list")}
    assert set(listed) == {"weekly", "digest", "letter"}
    variables = {one["name"]: one for one in listed["letter"]["variables"]}
    assert (variables["accent"]["type"], variables["excerpts"]["value"]) == ("colour", True)
    assert all(one["label"] for one in variables.values())


@pytest.mark.parametrize("name", ["weekly", "digest", "letter"])
def test_each_shipped_theme_has_nothing_to_mend(call: Any, name: str) -> None:
    assert call("theme", "check", name) == {"theme": name, "ok": True, "findings": []}


def test_a_new_theme_is_made_changed_and_its_mistake_shown(call: Any, workspace: Path) -> None:
    folder = Path(call("theme", "new", "evening", "--base", "digest")["folder"])
    assert call("theme", "check", "evening")["ok"] is True
    toml = (folder / "theme.toml").read_text().replace('# accent = "#a8321a"', 'accent = "#f7f0ee"')
    (folder / "theme.toml").write_text(toml)
    assert {one["code"] for one in call("theme", "check", "evening")["findings"]} == {"contrast"}
    dark = toml.replace('accent = "#f7f0ee"', "").replace('# paper_dark = "#171512"', 'paper_dark = "#eee"')
    (folder / "theme.toml").write_text(dark)
    assert any("In the dark ink_dark" in one["message"] for one in call("theme", "check", "evening")["findings"])
    (folder / "issue.html.j2").write_text("<p>\n{{ publication.nmae }}")
    fault = call("theme", "check", "evening", code=1)["findings"][0]
    assert fault["where"] == "templates/evening/issue.html.j2:2"
    assert "in “{{ publication.nmae }}”. Did you mean “name”?" in fault["message"]


@pytest.mark.parametrize(
    "words", [("new", "weekly"), ("new", "a/b"), ("new", "x", "--base", "weakly"), ("check", "no")]
)
def test_a_name_that_cannot_be_is_told(call: Any, words: tuple[str, ...]) -> None:
    assert call("theme", *words, code=2)["error"]["message"]


def test_the_sample_is_written_as_files(call: Any, tmp_path: Path) -> None:
    files = call("theme", "preview", "digest", "--out", tmp_path / "out")
    assert "The Alderwick Digest" in Path(files["html"]).read_text()
    assert "https://letter.example.org/unsubscribe/sample" in Path(files["text"]).read_text()


def test_a_watched_theme_shows_its_change_and_only_to_this_machine(call: Any, workspace: Path) -> None:
    call("theme", "new", "evening")
    server = watching(load(workspace, {}), "evening", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def get(path: str, **headers: str) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{path}", headers=headers)
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())

    try:
        assert "<iframe" in get("/")
        before = get("/version")
        assert "The Alderwick Letter" in get("/mail")
        (workspace / "templates" / "evening" / "issue.html.j2").write_text("{{ oh }}")
        assert get("/version") != before
        assert "issue.html.j2:1" in get("/mail")
        with pytest.raises(urllib.error.HTTPError) as refused:
            get("/mail", Host="elsewhere.example")
        refused.value.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
