"""The desk in two languages: nothing is left out, numbers have their forms, and dates their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from newsletter.web import languages
from newsletter.web.catalogues import found, path_of
from newsletter.web.languages import NAMES, SOURCE, accepted, catalogue, gettext, ngettext, speak

from .conftest import Browser

PAGES = sorted((Path(languages.__file__).parent / "pages").glob("*.j2"))
OTHERS = [name for name in NAMES if name != SOURCE]
NOT_WORDS = {"Markdown", "Escape", "Alt", "Shift", "Enter", "OpenAPI", "KB", "toml", "openapi", "json", "ics", "px"}


@pytest.fixture(autouse=True)
def _english_again() -> None:
    speak(SOURCE)


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_of_the_desk_is_in_the_catalogue(language: str) -> None:
    """`python -m newsletter.web.catalogues` brings the file up to date; what it left empty is translated by hand."""
    known = catalogue(language)
    missing = [
        message
        for message, _where in found()
        if (message not in known.texts if isinstance(message, str) else message[0] not in known.plurals)
    ]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_name_the_same_placeholders(language: str) -> None:
    with path_of(language).open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    for message in messages:
        wanted = set(re.findall(r"%\((\w+)\)s", message.id if isinstance(message.id, str) else message.id[-1]))
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert set(re.findall(r"%\((\w+)\)s", forms[-1])) == wanted, message.id
        for form in forms:
            assert set(re.findall(r"%\((\w+)\)s", form)) <= wanted, message.id
            assert not re.search(r"%(?!\(\w+\)s|%)", form) or not wanted, message.id


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_words_stand_in_a_page_that_cannot_be_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|<(style|code|pre)\b.*?</\1>", " ", text, flags=re.DOTALL)
    labels = re.findall(r'\s(?:aria-label|placeholder|title|alt)="([^"{}\n]*)"', text)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>|\bclass=\"\w+\"|\bdoor wide(?: api)?\b", " ", text)
    told = [label for label in labels if not re.search(r"@|://|^\d|^…$", label)]
    words = [word for word in re.findall(r"[A-Za-z’]{2,}", " ".join([text, *told])) if word not in NOT_WORDS]
    words = [word for word in words if word.replace("’", "") not in ("nbsp", "rsquo", "amp", "times")]
    assert words == []


def test_numbers_have_their_forms() -> None:
    one, many = "%(n)s item", "%(n)s items"
    assert [ngettext(one, many, n) for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]
    speak("de")
    assert [ngettext(one, many, n) for n in (0, 1, 2)] == ["0 Beiträge", "1 Beitrag", "2 Beiträge"]
    assert gettext("Saved.") == "Gespeichert."
    assert gettext("A sentence that nobody translated: 100 %") == "A sentence that nobody translated: 100 %"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, en;q=0.8, de;q=0.9", "de"),
        ("fr, es", "en"),
        ("de;q=0", "en"),
        ("de;q=x, en", "en"),
        ("*", "en"),
        ("de;q=9", "en"),
        ("\x00,;;=," * 200, "en"),
    ],
)
def test_the_browser_says_which_language(header: str, language: str) -> None:
    assert accepted(header) == language


def test_a_page_is_in_german_from_its_first_word_to_its_dates(editor: Browser) -> None:
    german = {"accept-language": "de"}
    page = editor.get("/calendar", headers=german).text
    assert '<html lang="de"' in page
    assert "Kalender" in page
    assert "November" in page
    assert "Freitag" in page
    assert "Friday" not in page
    said = editor.post("/issues", {"title": ""}, headers=german)
    assert said.status_code == 303
    assert "Ausgabe 1 ist begonnen." in editor.get(said.headers["location"], headers=german).text


def test_a_language_that_we_do_not_speak_is_english() -> None:
    speak("../../etc/passwd")
    assert languages.language() == "en"
    assert catalogue("../../etc").texts == {}
