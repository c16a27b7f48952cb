"""Several newsletters in one workspace: two windows never mix."""

from __future__ import annotations

import re

import pytest

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.store import Store, issues, publications
from newsletter.web.carrying import carried, carrying

from .conftest import Browser


@pytest.fixture
def lantern(sqlite_store: Store, clock: Clock, editor: Browser) -> Publication:
    """A second newsletter of the same people."""
    editor.post("/publication/add", {"name": "The Lantern"})
    with sqlite_store.reading() as tx:
        return publications.find(tx, "the-lantern")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/", "/?publication=lantern"),
        ("/issues/3#checks", "/issues/3?publication=lantern#checks"),
        ("/?q=a&issue=3#b-1", "/?q=a&issue=3&publication=lantern#b-1"),
        ("/?publication=letter", "/?publication=letter"),
        ("/static/desk.css", "/static/desk.css"),
        ("/signin?next=%2F", "/signin?next=%2F"),
        ("/p/lantern/events", "/p/lantern/events"),
        ("//evil.example", "//evil.example"),
    ],
)
def test_an_address_names_its_newsletter_once(address: str, told: str) -> None:
    assert carrying(address, "lantern") == told


def test_every_address_of_a_page_names_it() -> None:
    page = (
        '<a class="x" href="/issues?a=1">I</a><form method="post" action="/queue"><button formaction="/other">x'
        '</button></form><form class="row" method="get" action="/">'
        '<input name="q"></form><iframe src="/issues/1/preview.html">'
        '<main data-live="/live?upto=3" data-watch="/issues/1" data-key="g i"><input data-key="/">'
        '<link href="/static/desk.css"><p>href="/not-this" &lt;a href="/nor-this"&gt;</p>'
    )
    told = carried(page, "lantern")
    assert 'href="/issues?a=1&amp;publication=lantern"' in told
    assert 'action="/queue?publication=lantern"' in told
    assert 'formaction="/other?publication=lantern"' in told
    assert '<input type="hidden" name="publication" value="lantern"><input name="q">' in told
    assert 'src="/issues/1/preview.html?publication=lantern"' in told
    assert 'href="/static/desk.css"' in told
    assert 'data-live="/live?upto=3&amp;publication=lantern" data-watch="/issues/1?publication=lantern"' in told
    assert '<input data-key="/">' in told, "a key is no address"
    assert 'href="/not-this"' in told
    assert 'href="/nor-this"' in told


def test_with_one_newsletter_no_address_names_it(editor: Browser) -> None:
    page = editor.get("/issues").text
    assert "publication=" not in page
    assert "/publication/work-on" not in page


def test_a_session_works_on_the_newsletter_it_was_switched_to(editor: Browser, lantern: Publication) -> None:
    assert "Alderwick Letter</title>" in editor.get("/issues").text
    answer = editor.post("/publication/work-on", {"to": "the-lantern"})
    assert answer.headers["location"] == "/?publication=the-lantern"
    assert "The Lantern</title>" in editor.get("/issues").text
    assert "Alderwick Letter</title>" in editor.get("/issues?publication=alderwick-letter").text
    assert "The Lantern</title>" in editor.get("/issues").text, "a link changes nothing for the next page"


def test_a_form_changes_the_newsletter_its_page_showed(
    editor: Browser, lantern: Publication, letter: Publication, sqlite_store: Store
) -> None:
    page = editor.get("/issues?publication=alderwick-letter").text
    (action,) = set(re.findall(r'action="(/issues[^"]*)"', page))
    editor.post("/publication/work-on", {"to": "the-lantern"})  # in another window, meanwhile
    answer = editor.post(action, {"title": "For the letter"})
    assert "publication=alderwick-letter" in answer.headers["location"]
    with sqlite_store.reading() as tx:
        assert [one.title for one in issues.listing(tx, letter.id)] == ["For the letter"]
        assert issues.listing(tx, lantern.id) == []


def test_a_newsletter_that_is_not_there_is_404(editor: Browser, lantern: Publication) -> None:
    for slug in ("nothing", "1", "The Lantern", "../x", "'"):
        assert editor.get("/issues", params={"publication": slug}).status_code == 404


def test_settings_are_changed_all_or_none(editor: Browser, sqlite_store: Store, letter: Publication) -> None:
    wrong = editor.post("/publication", {"name": "Changed", "zone": "Moon/Base"})
    assert wrong.status_code == 400
    assert "There is no time zone “Moon/Base”" in wrong.text
    assert 'value="Changed"' in wrong.text, "what was typed stays"
    assert editor.post("/publication", {"name": "Alderwick Post", "zone": "Europe/Berlin"}).status_code == 303
    with sqlite_store.reading() as tx:
        now = publications.get(tx, letter.id)
    assert (now.name, now.zone, now.sender) == ("Alderwick Post", "Europe/Berlin", letter.sender)


def test_a_script_asks_about_the_newsletter_of_its_page(
    editor: Browser, lantern: Publication, letter: Publication, sqlite_store: Store
) -> None:
    told = {"referer": "http://127.0.0.1:8000/issues?publication=the-lantern"}
    editor.post("/issues", {"title": "First light"}, headers=told)
    for strange in (
        "http://evil.example/?publication=the-lantern",
        "http://[",
        "http://127.0.0.1:8000/?publication=no",
    ):
        editor.post("/issues", {"title": "For the letter"}, headers={"referer": strange})
    with sqlite_store.reading() as tx:
        assert [one.title for one in issues.listing(tx, lantern.id)] == ["First light"]
        assert [one.title for one in issues.listing(tx, letter.id)] == ["For the letter"] * 3


def test_a_name_with_a_comma_and_an_address_of_two_lines_survive_the_form(
    editor: Browser, sqlite_store: Store, letter: Publication
) -> None:
    form = {
        "outlets": "Smith, Jones & Co\r\n The Ferry \r\n\r\nSmith, Jones & Co",
        "address": "Mill Street\r\nAlderwick",
    }
    assert editor.post("/publication", form).status_code == 303
    page = editor.get("/publication").text
    assert ">\nSmith, Jones &amp; Co\nThe Ferry</textarea>" in page
    assert ">\nMill Street\nAlderwick</textarea>" in page
    again = {"outlets": "Smith, Jones & Co\r\nThe Ferry", "address": "Mill Street\r\nAlderwick", "tagline": "Weekly"}
    editor.post("/publication", again)
    with sqlite_store.reading() as tx:
        kept = publications.get(tx, letter.id)
    assert kept.outlets == ("Smith, Jones & Co", "The Ferry")
    assert (kept.address, kept.tagline) == ("Mill Street\nAlderwick", "Weekly")


def test_a_refused_setting_leaves_all_that_was_typed(editor: Browser) -> None:
    form = {"zone": "Nowhere/At_All", "outlets": "Smith, Jones & Co\r\nThe Ferry", "event_grouping": "week"}
    answer = editor.post("/publication", form)
    assert answer.status_code == 400
    assert ">\nSmith, Jones &amp; Co\nThe Ferry</textarea>" in answer.text
    assert '<option value="week" selected>' in answer.text
