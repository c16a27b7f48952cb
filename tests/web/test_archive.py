"""The public pages: sent issues for anybody, in their own look, with nothing of a reader in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import lxml.html
import pytest

from newsletter.clock import Clock
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, issues, publications
from newsletter.workflows.archive import keep_out
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def desk(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> Desk:
    return Desk(sqlite_store, settings, clock, letter)


def _out(desk: Desk, text: str) -> int:
    """An issue that is on its way to its readers."""
    editor = Editor(desk.store, desk.clock, desk.publication, "ada")
    number = new_issue(editor, origin="none", title="Sundays").number
    editor.add_text(number, text)
    issue = desk.approve(number)
    with desk.store.writing() as tx:
        moved = {"sending_at": desk.clock.now()}
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, moved)
    return number


def test_an_issue_is_public_once_it_goes_out(visitor: Any, desk: Desk) -> None:
    editor = Editor(desk.store, desk.clock, desk.publication, "ada")
    number = new_issue(editor).number
    assert visitor.get(f"/archive/{number}").status_code == 404
    number = _out(desk, "The ferry returns.")
    answer = visitor.get(f"/archive/{number}")
    assert answer.status_code == 200
    assert "The ferry returns." in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert visitor.get("/archive/99999").status_code == 404


def test_nothing_of_a_reader_is_in_it(visitor: Any, desk: Desk) -> None:
    words = (
        'Dear {{ name | default("friend") }}{% if tag("x") %}, secret{% endif %}. See [the plan](https://x.example/).'
    )
    number = _out(desk, words)
    html = visitor.get(f"/archive/{number}").text
    assert "Dear friend. See" in html
    assert "secret" not in html
    assert not re.search(r"mg[0-9a-f]{20}", html)
    document = lxml.html.document_fromstring(html)
    texts = [link.text_content() for link in document.xpath("//a")]
    assert "Unsubscribe" not in texts
    assert "because you signed up" not in html
    assert "Read in your browser" not in texts
    assert "the plan" in texts


def test_it_stands_between_its_neighbours_and_says_what_it_is(visitor: Any, desk: Desk) -> None:
    first, second, third = (_out(desk, f"Text {number}") for number in (1, 2, 3))
    keep_out(desk, second, True)
    document = lxml.html.document_fromstring(visitor.get(f"/archive/{third}").text)
    assert document.xpath("//nav[1]/a/@href") == [f"/archive/{first}", "/archive"]
    assert document.xpath("//link[@rel='canonical']/@href") == [f"{desk.settings.base_url}/archive/{third}"]
    assert document.xpath("//meta[@property='og:title']/@content")[0].startswith("Alderwick Letter")
    assert visitor.get(f"/archive/{second}").status_code == 404
    keep_out(desk, second, False)
    assert visitor.get(f"/archive/{second}").status_code == 200


def test_the_list_the_feed_and_the_map_name_the_same_issues(visitor: Any, desk: Desk) -> None:
    shown = [_out(desk, f"Text {number} & more") for number in range(22)]
    keep_out(desk, shown[-1], True)
    wanted = [f"/archive/{number}" for number in reversed(shown[:-1])]
    first, rest = visitor.get("/archive"), visitor.get("/archive?page=2")
    linked = re.findall(r'"(/archive/\d+)"', first.text + rest.text)
    assert linked == wanted
    assert visitor.get("/archive?page=3").status_code == 404
    feed = ElementTree.fromstring(visitor.get("/feed.atom").text)
    ids = [one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")]
    assert ids == [f"{desk.settings.base_url}{path}" for path in wanted[:20]]
    site = visitor.get("/sitemap.xml")
    assert site.text.count("<loc>") == 1 + len(wanted)
    assert site.headers["content-type"].startswith("application/xml")


def test_it_is_searched_by_all_words_and_their_beginnings_in_any_case(visitor: Any, desk: Desk) -> None:
    otter, both = _out(desk, "The OTTER returns."), _out(desk, "The otter and the Äpfel, 100% of them.")
    _out(desk, "Nothing of it, and no potter.")

    def found(words: str) -> list[str]:
        return re.findall(r'"/archive/(\d+)"', visitor.get("/archive", params={"q": words}).text)

    assert found("otter") == [str(both), str(otter)]
    assert found("äpfel Otter") == [str(both)]
    assert found("apf OTT") == [str(both)], "without its accents, and by beginnings"
    assert found("100%") == [str(both)]
    assert found("%") == []
    assert len(found(" ")) == 3
    assert found("9%") == []
    assert "No issue speaks of “&lt;qq&gt;”" in visitor.get("/archive", params={"q": "<qq>"}).text


def test_what_machines_are_told_cannot_end_its_element(visitor: Any, desk: Desk) -> None:
    editor = Editor(desk.store, desk.clock, desk.publication, "ada")
    draft = new_issue(editor, origin="none")
    editor.set_fields(draft.number, {"subject": "</script><script>alert(1)</script>"})
    editor.add_text(draft.number, "Words")
    issue = desk.approve(draft.number)
    with desk.store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, {"sending_at": desk.clock.now()})
    document = lxml.html.document_fromstring(visitor.get(f"/archive/{draft.number}").text)
    (script,) = document.xpath("//script")
    assert json.loads(script.text)["headline"] == "</script><script>alert(1)</script>"


def test_an_empty_archive_says_so(visitor: Any) -> None:
    assert "No issue has gone out yet." in visitor.get("/archive").text
    assert ElementTree.fromstring(visitor.get("/feed.atom").text).findtext(f"{ATOM}title") == "Alderwick Letter"


def test_the_mail_leads_to_its_page_unless_it_is_kept_out(desk: Desk) -> None:
    editor = Editor(desk.store, desk.clock, desk.publication, "ada")
    number = new_issue(editor).number
    editor.add_text(number, "Hello")
    url = f"{desk.settings.base_url}/archive/{number}"
    data = desk.preview(number)
    assert f'href="{url}"' in data.html
    assert f"Read in your browser: {url}" in data.text
    keep_out(desk, number, True)
    data = desk.preview(number)
    assert url not in data.html + data.text


def _tagged(desk: Desk, section: str, *stories: tuple[str, str]) -> int:
    """An issue that went out: texts with headline and tags in a section."""
    editor = Editor(desk.store, desk.clock, desk.publication, "ada")
    number = new_issue(editor, origin="none", title="Sundays").number
    editor.add_section(number, section, 1)
    for headline, tags in stories:
        added = editor.add_text(number, f"About *{headline}*.", headline=headline, section=section)
        block = next(one for one in added.outline.blocks() if one.headline == headline)
        editor.edit_block(number, block.id, {"tags": tags})
    issue = desk.approve(number)
    with desk.store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, {"sending_at": desk.clock.now()})
    return number


def _articles(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200
    document = lxml.html.document_fromstring(answer.text)
    return [
        (one.findtext("h2/a"), one.xpath("string(p[last()])"), one.xpath("string(h2/a/@href)"))
        for one in document.xpath("//article")
    ]


def test_a_tag_has_a_page_of_titles_and_excerpts_newest_first(visitor: Any, desk: Desk) -> None:
    first = _tagged(desk, "Town", ("The ferry returns", "River, Public transport"), ("Budget", "Money"))
    second = _tagged(desk, "Town", ("Otters", "river"))
    assert _articles(visitor.get("/archive/tag/river")) == [
        ("Otters", "About Otters.", f"/archive/{second}"),
        ("The ferry returns", "About The ferry returns.", f"/archive/{first}"),
    ]
    assert [one[0] for one in _articles(visitor.get("/archive/section/town"))] == [
        "Otters",
        "The ferry returns",
        "Budget",
    ]
    listed = visitor.get("/archive").text
    for path in ("/archive/tag/river", "/archive/tag/public-transport", "/archive/section/town"):
        assert f'href="{path}"' in listed
        assert f"{desk.settings.base_url}{path}" in visitor.get("/sitemap.xml").text
    page = lxml.html.document_fromstring(visitor.get(f"/archive/{first}").text)
    assert page.xpath("//a[@rel='tag']/@href") == [
        "/archive/tag/river",
        "/archive/tag/public-transport",
        "/archive/tag/money",
    ]
    keep_out(desk, second, True)
    assert [one[0] for one in _articles(visitor.get("/archive/tag/river"))] == ["The ferry returns"]
    for path in ("/archive/tag/nothing", "/archive/section/river", "/archive/word/river", "/archive/tag/river?page=2"):
        assert visitor.get(path).status_code == 404


def test_a_page_of_a_tag_is_parted(visitor: Any, desk: Desk) -> None:
    for number in range(3):
        _tagged(desk, "Town", *((f"Story {number}-{n}", "River") for n in range(9)))
    first = visitor.get("/archive/tag/river")
    titles = [one[0] for one in _articles(first) + _articles(visitor.get("/archive/tag/river?page=2"))]
    assert titles == [f"Story {number}-{n}" for number in (2, 1, 0) for n in range(9)]
    assert 'rel="next" href="/archive/tag/river?page=2"' in first.text


def test_personal_words_in_a_story_are_as_for_somebody_unknown(visitor: Any, desk: Desk) -> None:
    _tagged(desk, "Town", ('Good day, {{ name | default("friend") }}', "Letters"))
    ((title, said, _),) = _articles(visitor.get("/archive/tag/letters"))
    assert title == "Good day, friend"
    assert "{{" not in said


def test_each_newsletter_has_an_archive_of_its_own(visitor: Any, desk: Desk) -> None:
    _out(desk, "Of the letter.")
    with desk.store.writing() as tx:
        other = publications.add(
            tx, "Harbour News", now=desk.clock.now(), sender="d@x.example", address="Quay 1", language="de"
        )
    theirs = replace(desk, publication=other)
    number = _tagged(theirs, "Hafen", ("Die Fähre", "Fluss"))
    root = "/p/harbour-news"
    listed = visitor.get(f"{root}/archive")
    assert re.findall(r'<h2><a href="([^"]*)"', listed.text) == [f"{root}/archive/{number}"]
    assert 'lang="de"' in listed.text
    assert "Suchen" in listed.text
    assert [one[2] for one in _articles(visitor.get(f"{root}/archive/tag/fluss"))] == [f"{root}/archive/{number}"]
    page = visitor.get(f"{root}/archive/{number}").text
    assert f"{desk.settings.base_url}{root}/archive/{number}" in page
    assert f"{desk.settings.base_url}{root}/archive/{number}" in theirs.preview(number).html
    feed = ElementTree.fromstring(visitor.get(f"{root}/feed.atom").text)
    assert [one.text for one in feed.iter(f"{ATOM}id")][1:] == [f"{desk.settings.base_url}{root}/archive/{number}"]
    assert f"{root}/archive/{number}</loc>" in visitor.get(f"{root}/sitemap.xml").text
    assert visitor.get("/p/nobody/archive").status_code == 404


def test_machines_are_told_what_an_issue_is(visitor: Any, desk: Desk) -> None:
    number = _tagged(desk, "Town", ("The ferry returns", "River"))
    document = lxml.html.document_fromstring(visitor.get(f"/archive/{number}").text)
    known = json.loads(document.xpath("//script[@type='application/ld+json']")[0].text)
    url = f"{desk.settings.base_url}/archive/{number}"
    assert known["@context"] == "https://schema.org"
    assert (known["@type"], known["url"], known["issueNumber"]) == ("NewsArticle", url, str(number))
    assert datetime.fromisoformat(known["datePublished"]) == desk.issue(number).sending_at
    assert datetime.fromisoformat(known["dateModified"]).tzinfo is not None
    assert known["isPartOf"]["name"] == "Alderwick Letter"
    assert known["keywords"] == ["River"]
    graph = {one.get("property"): one.get("content") for one in document.xpath("//meta[@property]")}
    assert graph["og:url"] == url
    assert graph["article:tag"] == "River"
    assert graph["og:type"] == "article"
