"""What a page says for the rooms below it, asked for in German: errors, findings, reasons and warnings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.item import ItemId
from newsletter.model.publication import Publication
from newsletter.settings import Settings
from newsletter.store import Store

from .conftest import Browser

GERMAN = {"accept-language": "de"}


def posted(editor: Browser, path: str, form: dict[str, Any], **options: Any) -> str:
    """The page on which a form ends up."""
    answer = editor.post(path, form, headers=GERMAN, **options)
    if answer.status_code != 303:
        return str(answer.text)
    return str(editor.get(answer.headers["location"], headers=GERMAN).text)


@pytest.fixture
def draft(editor: Browser, queue: list[ItemId]) -> int:
    """An issue with a block, and nothing else that the checks want."""
    editor.post("/issues", {"title": "Harvest"})
    editor.post("/queue", {"do": "pick", "item": str(queue[0]), "issue": "1"})
    return 1


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("/sources", {"address": "ftp://feeds.example.org"}, "kann keine Quelle sein: nur Adressen mit http und https"),
        ("/sources", {"address": "/no/such/folder/of/ours"}, "Legen Sie ihn zuerst an"),
        ("/calendar", {"lines": "Sommerfest ohne Datum", "do": "add"}, "Es wurde kein Datum gefunden"),
        ("/calendar", {"lines": "31 June Street fair", "do": "read"}, "hat 30 Tage"),
        ("/issues/1/schedule", {"at": "2020-01-01T09:00"}, "ist vorbei."),
        ("/issues/1/schedule", {"at": "tomorrow"}, "„tomorrow“ ist keine Zeit"),
        ("/issues/1/reopen", {}, "Ausgabe 1 ist Entwurf; nur was freigegeben"),
        ("/issues/1/pause", {}, "nur eine, die gerade verschickt wird, kann pausiert werden"),
        ("/issues/1/blocks/999", {"headline": "x"}, "Dieser Block ist nicht in der Ausgabe"),
        ("/issues/1/waive", {"finding": "no-such-check"}, "Keine Prüfung fand no-such-check"),
        ("/people/1/role", {"role": "king"}, "Die Rolle „king“ gibt es nicht"),
        ("/people/1/role", {"role": "reader"}, "verwaltet als Einzige oder Einziger"),
        ("/publication", {"name": "", "zone": "Nowhere/City"}, "Ein Newsletter braucht einen Namen"),
    ],
)
def test_an_error_of_a_room_is_told_in_german(
    editor: Browser, draft: int, path: str, form: dict[str, Any], told: str
) -> None:
    page = posted(editor, path, form)
    assert told in page


def test_a_page_that_is_not_there_is_told_in_german(editor: Browser) -> None:
    answer = editor.get("/issues/7", headers=GERMAN)
    assert answer.status_code == 404
    assert "Die Ausgabe 7 gibt es nicht" in answer.text


def test_findings_are_told_in_german_without_their_command(editor: Browser, draft: int) -> None:
    page = editor.get("/issues/1", headers=GERMAN).text
    assert "Die Vorschauzeile, die in der Liste der Mails hinter dem Betreff steht, ist leer." in page
    assert "newsletter issue" not in page
    assert "is empty" not in page
    desk = editor.get("/?issue=1", headers=GERMAN).text
    assert "Die Vorschauzeile, die in der Liste der Mails hinter dem Betreff steht, ist leer." in desk


def test_why_a_source_could_not_be_read_is_told_in_german(
    editor: Browser, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "empty.md").write_text("")
    os.utime(folder / "empty.md", (1_000_000_000, 1_000_000_000))  # nobody is still writing it
    editor.post("/sources", {"address": str(folder)})
    editor.post("/sources/collect", {})
    page = editor.get("/sources", headers=GERMAN).text
    assert "Ausgelassen: empty.md: Die Datei ist leer" in page


def test_what_a_calendar_was_read_as_is_told_in_german(editor: Browser) -> None:
    page = posted(editor, "/calendar", {"lines": "June 31: Fair\n5 December 2026: Choir", "do": "read"})
    assert "hat 30 Tage" in page
    assert "Samstag 5. Dezember 2026, ganztägig" in page


def test_somebodys_own_words_stay_as_they_are(editor: Browser, draft: int) -> None:
    editor.post("/issues/1/sections", {"name": "It is empty."})
    page = posted(editor, "/issues/1/sections", {"name": "It is empty."})
    assert "Die Ausgabe hat schon eine Rubrik „It is empty.“." in page


def test_a_hostile_name_in_a_sentence_stays_text(editor: Browser, draft: int) -> None:
    name = "<script>alert(1)</script>"
    editor.post("/issues/1/sections", {"name": name})
    page = posted(editor, "/issues/1/sections", {"name": name})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;“." in page
