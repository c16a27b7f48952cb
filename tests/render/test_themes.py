"""Themes: found in the workspace first, and a mistake in one is told with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.render.checks import preflight
from newsletter.render.columns import width_of
from newsletter.render.compose import compose
from newsletter.render.filling import fill
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
        ("inline.css", "\n@media print { p { color: red } }", "inline.css:2"),
        ("inline.css", "p { color: red !important }", "inline.css:1"),
        ("inline.css", "/* two\n\nlines */\np { color: var(--acent) }", "inline.css:4"),
        ("head.css", "</style>", "head.css:1"),
        ("theme.toml", "[variables\n", "theme.toml"),
        ("theme.toml", "[variables]\nlead = [1]\n", "theme.toml"),
        ("theme.toml", "[variables]\nlead = 'yes'\n", "theme.toml"),
        ("theme.toml", "[variables]\naccent = 'red; } * { x: y'\n", "theme.toml"),
        ("theme.toml", "[variables.size]\ntype = 'colr'\ndefault = '#fff'\n", "theme.toml"),
        ("theme.toml", "bsae = 'weekly'\n", "theme.toml"),
        ("theme.toml", "base = 'weekly'\n", "theme.toml"),
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


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("issue.html.j2", "{{ publication.nmae }}", "in “{{ publication.nmae }}”. Did you mean “name”?"),
        ("issue.html.j2", "{% for a in setcions %}{% endfor %}", "Did you mean “sections”?"),
        ("issue.html.j2", "{{ issue.title | uper }}", "Did you mean “upper”?"),
        ("issue.html.j2", "{% fro a in b %}", "Did you mean “from”?"),
        ("issue.html.j2", "{% include 'calender.html.j2' %}", "Did you mean “calendar.html.j2”?"),
        ("inline.css", "p { color: var(--acent) }", "Did you mean “accent”?"),
        ("theme.toml", "[variables.a]\ntype = 'color'\ndefault = ''\n", "Did you mean “colour”?"),
        ("theme.toml", "[variables.a]\ntype = 'choice'\nchoices = ['b']\ndefault = 'c'\n", "must be one of b"),
        ("theme.toml", "[variables]\naccent = 7\n", "must be like #a8321a"),
        ("theme.toml", "[variables]\nreading = 'Georgia; x'\n", "must be font names"),
        ("theme.toml", "bsae = 'weekly'\n", "Did you mean “base”?"),
    ],
)
def test_a_mistake_shows_its_line_and_what_was_meant(sample: Any, theme: Path, file: str, text: str, said: str) -> None:
    (theme / file).write_text(text)
    with pytest.raises(TemplateError) as refused:
        _compose(sample, theme.parents[1])
    assert said in refused.value.message


def test_an_endless_loop_is_one_sentence_and_the_next_issue_is_filled(sample: Any, theme: Path) -> None:
    nines = "{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3
    (theme / "issue.html.j2").write_text(nines)
    opened = open_theme(DEFAULT, sample.settings(theme.parents[1]))
    with pytest.raises(TemplateError, match=r"took longer than 5 s; look for a loop in a loop"):
        fill(opened, {}, time_limit=5.0)
    (theme / "issue.html.j2").write_text("<p>fine</p>")
    (theme / "issue.txt.j2").write_text("fine")
    assert fill(opened, {}, time_limit=5.0)[1] == "fine"


def test_a_template_that_takes_all_memory_is_one_sentence(sample: Any, theme: Path) -> None:
    (theme / "issue.html.j2").write_text("{{ 'x' * 9999999999 }}")
    with pytest.raises(TemplateError, match="needs too much memory"):
        _compose(sample, theme.parents[1])


def test_a_link_out_of_the_folder_is_not_followed(sample: Any, theme: Path) -> None:
    secret = theme.parents[1] / "secret.txt"
    secret.write_text("key")
    (theme / "secret.html.j2").symlink_to(secret)
    (theme / "issue.html.j2").write_text("{% include 'secret.html.j2' %}")
    with pytest.raises(TemplateError, match=r"has no file secret\.html\.j2"):
        _compose(sample, theme.parents[1])
    (theme / "issue.html.j2").unlink()
    (theme / "head.css").symlink_to(secret)
    with pytest.raises(TemplateError, match="cannot be read"):
        _compose(sample, theme.parents[1])


def test_a_theme_on_another_takes_its_parts_sheets_and_variables(sample: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "evening"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text('base = "digest"\n[variables]\naccent = "#0b5345"\n')
    (folder / "inline.css").write_text(".name { letter-spacing: 9px; color: var(--accent) }")
    opened = open_theme("evening", sample.settings(tmp_path))
    assert [layer[0].name for layer in opened.layers] == ["evening", "digest", "weekly"]
    assert (opened.variables["accent"], opened.variables["excerpts"]) == ("#0b5345", False)
    html = _compose(sample, tmp_path, theme="evening").html
    assert "letter-spacing:9px" in html.replace(": ", ":")
    assert "#a8321a" not in html
    assert 'class="line-item"' in html


def test_a_copy_of_ours_counts_as_ours_until_it_is_changed(sample: Any, tmp_path: Path) -> None:
    shutil.copytree(shipped_templates(), tmp_path / "templates")
    assert open_theme("digest", sample.settings(tmp_path)).is_shipped
    (tmp_path / "templates" / "weekly" / "macros.html.j2").write_text("{% macro x() %}{% endmacro %}")
    assert not open_theme("digest", sample.settings(tmp_path)).is_shipped


@pytest.mark.parametrize("name", ["digest", "letter"])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_theme_passes_the_mail_lint_and_the_checks(sample: Any, lint: Any, name: str, language: str) -> None:
    publication = sample.publication(language=language)
    issue = sample.issue(theme=name)
    data = compose(publication, issue, sample.VERSIONS, sample.OCCURRENCES, settings=sample.settings(), on=sample.ON)
    assert lint.problems(data.html) == []
    found = preflight(publication, issue, data, settings=sample.settings(), occurrences=sample.OCCURRENCES)
    assert {one.code for one in found} <= {"empty-section", "same-story"}
    assert all(width_of(line) <= 72 or "://" in line for line in data.text.split("\n"))


def test_a_digest_has_headlines_and_what_editors_wrote_and_no_excerpt(sample: Any) -> None:
    html = compose(
        sample.publication(),
        sample.issue(theme="digest"),
        sample.VERSIONS,
        sample.OCCURRENCES,
        settings=sample.settings(),
        on=sample.ON,
    ).html
    assert "After eleven years, the library opens its doors on Sundays" in html
    assert "for the first time since the hours were cut" not in html
    assert "The school and the market want the same Saturday." in html


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


@pytest.mark.parametrize(
    ("file", "text", "where", "line"),
    [
        ("inline.css", ".a { color: red; }\n.b { color: red;\n.c { color: red; }", "inline.css:2", ".b { color: red;"),
        ("inline.css", ".a { color: red; }\n}", "inline.css:2", "}"),
        ("inline.css", "\n.a { color: red !important; }", "inline.css:2", ".a { color: red !important; }"),
        ("head.css", "@media print {\n.a { color: red; }", "head.css:1", "@media print {"),
    ],
)
def test_a_mistake_in_a_sheet_names_its_line(
    sample: Any, theme: Path, file: str, text: str, where: str, line: str
) -> None:
    (theme / file).write_text(text)
    with pytest.raises(TemplateError) as raised:
        _compose(sample, theme.parents[1])
    assert raised.value.where == f"templates/weekly/{where}"
    assert raised.value.message.endswith(f", in “{line}”.")
