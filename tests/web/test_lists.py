"""Whole lists on the desk: looked at before they are imported, and taken away as a file."""

from __future__ import annotations

import csv
import io
import os
import re
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, audit, subscribers

from .conftest import ORIGIN, Browser
from .people import Door

LIST = """email,name,town
ana@example.org,Ana Adler,Alderwick
bo@example.com,Bo,Alderwick
left@example.org,Left,Alderwick
nonsense,Nobody,Alderwick
=cid@example.org,Cid,"=1+1"
"""


def sent(browser: Browser, text: str | bytes, name: str = "readers.csv") -> Any:
    return browser.post("/readers/import", files={"file": (name, text, "text/csv")})


def addresses(store: Store, letter: Publication) -> list[str]:
    with store.reading() as tx:
        return [one.email for one in subscribers.listing(tx, letter.id, limit=1000)]


@pytest.fixture
def some(sqlite_store: Store, clock: Clock, letter: Publication) -> None:
    """One known reader, and one who left."""
    readers.add(sqlite_store, clock, letter.id, "bo@example.com", name="Bo")
    readers.add(sqlite_store, clock, letter.id, "left@example.org")
    readers.unsubscribe(sqlite_store, clock, letter.id, "left@example.org")


def test_a_list_is_looked_at_first_and_imported_by_a_second_form(
    editor: Browser, sqlite_store: Store, letter: Publication, settings: Settings, some: None
) -> None:
    answer = sent(editor, LIST)
    where = answer.headers["location"]
    look = editor.get(where).text
    assert "would bring 2 new readers" in look and "Nothing is imported yet." in look
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="num">(\d+)</td>', look))
    assert rows == {"new on the list": "2", "changed": "1", "left alone": "1", "rejected": "1"}
    assert '<td class="num">5</td><th scope="row">nonsense</th>' in look
    assert "ana@example.org" not in addresses(sqlite_store, letter)

    done = editor.post(where).text
    assert "2 readers are new on the list." in done
    assert {"ana@example.org", "=cid@example.org"} < set(addresses(sqlite_store, letter))
    with sqlite_store.reading() as tx:
        assert subscribers.counts(tx, letter.id)["unsubscribed"] == 1  # who left stays away
        assert "lists.keep" in [one.deed for one in audit.listing(tx, limit=9)]
    rejected = editor.get(f"{where}/rejected.csv")
    assert [row[1] for row in csv.reader(io.StringIO(rejected.text))] == ["email", "nonsense"]
    assert editor.post(where).status_code == 404  # it is imported, and the list is gone
    left = {one.name for one in (settings.workspace / "lists").rglob("*") if one.is_file()}
    assert left == {"rejected.csv"}


def test_mended_rows_come_in_under_their_own_name_without_the_column_of_reasons(
    editor: Browser, sqlite_store: Store, letter: Publication
) -> None:
    where = sent(editor, "reason,email\nno @,dot@example.org\n", "rejected (1).csv").headers["location"]
    editor.post(where)
    with sqlite_store.reading() as tx:
        (dot,) = subscribers.listing(tx, letter.id, limit=9)
    assert dict(dot.fields) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAna\n", "readers.csv has no column “email”"),
        ("", "readers.csv is empty"),
        (b"email\n\0\xff", "readers.csv is not a text file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_name_and_kept_nowhere(
    editor: Browser, settings: Settings, text: str | bytes, said: str
) -> None:
    where = sent(editor, text).headers["location"]
    editor.get(where)
    page = editor.get("/readers").text
    assert said in page and str(settings.workspace) not in page
    assert not list((settings.workspace / "lists").iterdir())
    assert editor.get(where).status_code == 404


def test_a_form_without_a_file_says_so(editor: Browser) -> None:
    answer = editor.client.post(
        "/readers/import",
        content=b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n',
        headers={"origin": ORIGIN, "content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 400
    assert "The form was not complete." in answer.text


def test_a_list_that_nobody_imports_is_gone_after_a_day(editor: Browser, settings: Settings, clock: Clock) -> None:
    old = sent(editor, LIST).headers["location"]
    (folder,) = (settings.workspace / "lists").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    before = clock.now().timestamp() - 90_000
    os.utime(folder, (before, before))
    sent(editor, LIST)
    assert editor.get(old).status_code == 404


def test_a_list_is_for_one_newsletter_and_its_address_cannot_be_guessed(editor: Browser) -> None:
    sent(editor, LIST)
    for key in ("x" * 22, "%2e%2e%2f%2e%2e", "a"):
        assert editor.get(f"/readers/import/{key}").status_code == 404


def test_the_list_is_downloaded_as_it_can_be_imported_and_the_log_says_by_whom(
    editor: Browser, sqlite_store: Store, some: None
) -> None:
    page = editor.get("/readers").text
    assert 'href="/readers.csv"' in page
    answer = editor.get("/readers.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="readers.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(one["email"], one["status"]) for one in rows] == [
        ("bo@example.com", "confirmed"),
        ("left@example.org", "unsubscribed"),
    ]
    with sqlite_store.reading() as tx:
        deed = audit.listing(tx, limit=1)[0]
    assert (deed.deed, deed.who) == ("lists.download", "Edda")


def test_only_publishers_import_or_take_the_list(editor: Browser, sqlite_store: Store, clock: Clock) -> None:
    door = Door(editor.client.app, sqlite_store, clock)
    where = sent(editor, LIST).headers["location"]
    other = door.person("Ola", Role.EDITOR)
    page = other.get("/readers").text
    assert "/readers/import" not in page and "/readers.csv" not in page
    assert sent(other, LIST).status_code == 403
    assert [other.get(one).status_code for one in (where, f"{where}/rejected.csv", "/readers.csv")] == [403] * 3
    assert other.post(where).status_code == 403


@pytest.mark.long
def test_fifty_thousand_rows_are_looked_at_and_imported(
    editor: Browser, sqlite_store: Store, letter: Publication
) -> None:
    lines = "".join(f"reader{n}@example.org,Reader {n},Alderwick\n" for n in range(50_000))
    where = sent(editor, f"email,name,town\n{lines}").headers["location"]
    assert "would bring 50,000 new readers" in editor.get(where).text
    editor.post(where)
    with sqlite_store.reading() as tx:
        assert subscribers.counts(tx, letter.id)["confirmed"] == 50_000
