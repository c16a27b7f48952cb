"""Themes: found in the workspace first, and a mistake in one is told with its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.render.compose import compose
from newsletter.render.themes import DEFAULT, TemplateError, open_theme, shipped_templates, theme_names


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """A workspace's own weekly theme, without any file yet."""
    folder = tmp_path / "templates" / DEFAULT
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text("")
    return folder


def _compose(sample: Any, workspace: Path, **over: Any) -> Any:
    return compose(
        sample.publication(),
        sample.issue(**over),
        sample.VERSIONS,
        sample.OCCURRENCES,
        settings=sample.settings(workspace),
        on=sample.ON,
        nonce=sample.NONCE,
    )


def test_the_shipped_theme_is_found_without_a_workspace(sample: Any, tmp_path: Path) -> None:
    assert (shipped_templates() / DEFAULT / "issue.html.j2").is_file()
    assert DEFAULT in theme_names(sample.settings(tmp_path))


def test_the_workspaces_file_wins_and_the_others_are_shipped(sample: Any, theme: Path) -> None:
    (theme / "issue.txt.j2").write_text("{{ publication.name }} {{ unsubscribe }}")
    data = _compose(sample, theme.parents[1])
    assert data.text == f"The Alderwick Letter mg{sample.NONCE}unsubscribegm\n"
    assert "Two plans for the square" in data.html


def test_a_theme_of_ones_own_stands_on_the_shipped_one(sample: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "evening"
    folder.mkdir(parents=True)
    (folder / "inline.css").write_text(".name { color: #123456; }")
    data = _compose(sample, tmp_path, theme="evening")
    assert "#123456" in data.html
    assert "THE ALDERWICK LETTER" in data.text


@pytest.mark.parametrize("name", ["nowhere", "../weekly", "", "weekly/..", "/etc", "."])
def test_an_unknown_theme_is_told_with_those_there_are(sample: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(NewsletterError, match=r"there are: .*“weekly”"):
        open_theme(name, sample.settings(tmp_path))


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("issue.html.j2", "<html>\n{% if %}\n", "issue.html.j2:2"),
        ("issue.html.j2", "<html>\n\n{% for a in sections %}\n", "issue.html.j2:3"),
        ("issue.html.j2", "<html>\n{{ publication.nmae }}", "issue.html.j2:2"),
        ("issue.html.j2", "{{ nothing }}", "issue.html.j2:1"),
        ("issue.html.j2", "\n{{ 1 + 'a' }}", "issue.html.j2:2"),
        ("issue.html.j2", "\n\n{{ 1 / 0 }}", "issue.html.j2:3"),
        ("issue.html.j2", "\n{{ ''.__class__.__mro__ }}", "issue.html.j2:2"),
        ("issue.html.j2", "\n{{ sections.append(1) }}", "issue.html.j2:2"),
        ("issue.html.j2", "\n{{ range(10000000) }}", "issue.html.j2:2"),
        ("issue.html.j2", "\n{{ issue.date | unknown }}", "issue.html.j2:2"),
        ("issue.html.j2", "\n{% include 'gone.html.j2' %}", "gone.html.j2"),
        ("issue.html.j2", "{% include '../../newsletter.toml' %}", "newsletter.toml"),
        ("macros.html.j2", "{% macro mark() %}\n\n{{ x.y }}{% endmacro %}", "macros.html.j2:3"),
        ("calendar.txt.j2", "\n\n\n{{ block.nothing.at_all }}", "calendar.txt.j2:4"),
        ("inline.css", "@media print { p { color: red } }", "inline.css"),
        ("head.css", "</style>", "head.css"),
        ("theme.toml", "[variables\n", "theme.toml"),
        ("theme.toml", "[variables]\nlead = [1]\n", "theme.toml"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(sample: Any, theme: Path, file: str, text: str, where: str) -> None:
    (theme / file).write_text(text)
    with pytest.raises(TemplateError) as refused:
        _compose(sample, theme.parents[1])
    assert refused.value.where is not None
    assert refused.value.where.endswith(where)
    assert refused.value.where.startswith("templates/weekly/")
    assert refused.value.exit_code == 2
    assert "\n" not in refused.value.message


def test_a_file_that_is_not_text_is_told(sample: Any, theme: Path) -> None:
    (theme / "head.css").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"templates/weekly/head\.css cannot be read"):
        _compose(sample, theme.parents[1])


def test_a_template_that_is_not_text_is_told(sample: Any, theme: Path) -> None:
    (theme / "issue.txt.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"templates/weekly/issue\.txt\.j2 cannot be filled"):
        _compose(sample, theme.parents[1])


def test_variables_of_a_theme_reach_its_templates(sample: Any, theme: Path) -> None:
    (theme / "theme.toml").write_text("[variables]\nlead = false\n")
    assert 'class="biggest"' not in _compose(sample, theme.parents[1]).html


def test_texts_are_escaped_in_html_and_not_in_text(sample: Any, theme: Path) -> None:
    (theme / "issue.html.j2").write_text("<!DOCTYPE html><html><head></head><body>{{ issue.title }}</body></html>")
    (theme / "issue.txt.j2").write_text("{{ issue.title }}")
    data = _compose(sample, theme.parents[1], title="A & <b>")
    assert "A &amp; &lt;b&gt;" in data.html
    assert data.text == "A & <b>\n"
