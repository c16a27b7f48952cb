"""The public pages: sent issues for anybody, in their own look, with nothing of a reader in them."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import lxml.html
import pytest

from newsletter.clock import Clock
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, issues
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


def test_it_is_searched_by_all_words_in_any_case(visitor: Any, desk: Desk) -> None:
    otter, both = _out(desk, "The OTTER returns."), _out(desk, "The otter and the Äpfel, 100% of them.")
    _out(desk, "Nothing of it.")

    def found(words: str) -> list[str]:
        return re.findall(r'"/archive/(\d+)"', visitor.get("/archive", params={"q": words}).text)

    assert found("otter") == [str(both), str(otter)]
    assert found("äpfel Otter") == [str(both)]
    assert found("100%") == [str(both)]
    assert found("9%") == []
    assert "No issue speaks of “&lt;b&gt;”" in visitor.get("/archive", params={"q": "<b>"}).text


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
