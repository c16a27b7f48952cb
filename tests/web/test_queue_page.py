"""The queue by its plain forms and addresses: it stands still, filters are kept, and scripts get only what they use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from newsletter import web
from newsletter.clock import Clock
from newsletter.model.item import ItemData, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.store import Store, items, sources, stories
from newsletter.store import triage as decisions


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>([^<]*)</a>', page)


def form_of(page: str, pattern: str = 'id="acts"') -> dict[str, str]:
    """The hidden fields of a form."""
    found = re.search(rf"<form[^>]*{pattern}.*?</form>", page, re.S)
    assert found, page
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[0])
    return {name: value.replace("&amp;", "&") for name, value in fields}


def after(editor: Any, form: dict[str, Any]) -> str:
    answer = editor.post("/queue", form)
    assert answer.status_code == 303, answer.text
    text: str = editor.get(answer.headers["location"].split("#")[0]).text
    return text


def test_what_is_decided_stays_in_its_place_and_the_next_is_selected(editor: Any, queue: list[ItemId]) -> None:
    page = editor.get("/").text
    before = titles(page)
    form = form_of(page)
    page = after(editor, {**form, "do": "skip"})
    assert titles(page) == before
    assert "skipped</span>" in page
    assert form_of(page)["item"] == form["following"]
    assert len(titles(editor.get("/").text)) == len(before) - 1


def test_arrivals_wait_behind_a_link(
    editor: Any, sqlite_store: Store, clock: Clock, letter: Publication, queue: list[ItemId]
) -> None:
    form = form_of(editor.get("/").text)
    with sqlite_store.writing() as tx:
        source = sources.listing(tx, letter.id)[0]
        items.keep(tx, source.id, [ItemData(title="Just in")], now=clock.now())
    page = after(editor, {**form, "do": "skip"})
    assert "Just in" not in page
    link = re.search(r'id="arrived" href="([^"]*)"[^>]*>([^<]*)</a>', page)
    assert link
    assert link[2] == "1 new, load"
    assert "Just in" in editor.get(link[1].replace("&amp;", "&").split("#")[0]).text


def test_a_step_is_taken_back_on_another_day(editor: Any, sqlite_store: Store, letter: Publication, queue: Any) -> None:
    after(editor, {"do": "skip", "item": [str(one) for one in queue]})
    page = editor.get("/").text
    assert "Skipped 3 items." in page
    page = after(editor, {"do": "undo"})
    assert "Taken back: Skipped 3 items." in page
    with sqlite_store.reading() as tx:
        assert decisions.counts(tx, letter.id)[Triage.NEW] == 3
    assert "nothing to take back" in after(editor, {"do": "undo"})


def test_a_reason_is_kept_and_shown(editor: Any, queue: list[ItemId]) -> None:
    page = after(editor, {"do": "skip", "item": str(queue[0])})
    form = form_of(page, 'action="/queue"(?![^>]*id=)(?=(?:(?!</form>).)*name="reason")')
    after(editor, {**form, "do": "because", "reason": "an <b>advertisement</b>"})
    assert "skipped: an &lt;b&gt;advertisement&lt;/b&gt;" in editor.get("/?state=skipped").text


def test_stories_stand_once_and_their_outlet_can_be_switched(
    editor: Any, sqlite_store: Store, clock: Clock, letter: Publication, queue: list[ItemId]
) -> None:
    with sqlite_store.writing() as tx:
        stories.join(tx, queue[:2], now=clock.now())
    page = editor.get("/").text
    assert len(titles(page)) == 2
    assert "2 to decide" in page
    other = re.search(r'name="lead" value="(\d+)"[^>]*>([^<]*)</button>', page)
    assert other
    page = after(editor, {**form_of(page), "lead": other[1]})
    assert f"Credited now: “{other[2]}”" in page
    assert re.search(r'name="lead" value="(\d+)"', page)[1] != other[1]  # type: ignore[index]


def test_the_same_story_is_offered_by_its_words_and_joined(editor: Any, queue: list[ItemId]) -> None:
    page = editor.get(f"/?item={queue[0]}&open=same").text
    assert page.count('type="radio" name="with"') == 2
    page = after(editor, {"do": "same", "item": str(queue[0]), "with": str(queue[1])})
    assert len(titles(page)) == 2
    page = editor.get(f"/?item={queue[0]}&open=same").text
    part = re.search(r'name="part" value="(\d+)"', page)
    assert part
    page = after(editor, {"part": part[1]})
    assert len(titles(page)) == 3


def test_words_over_an_item_and_the_original_again(editor: Any, queue: list[ItemId]) -> None:
    page = editor.get(f"/?item={queue[0]}&open=edit").text
    assert 'name="excerpt"' in page
    typed = {
        "title": "A <i>title</i> of ours",
        "excerpt": "Ours, with a [link](https://alderwick.example/x).",
        "url": "",
    }
    assert editor.post(f"/items/{queue[0]}/edit", typed).status_code == 303
    page = editor.get(f"/?item={queue[0]}").text
    assert "A &lt;i&gt;title&lt;/i&gt; of ours" in page
    assert "Ours, with a link." in page
    assert "edited here" in page
    refused = editor.post(f"/items/{queue[0]}/edit", {**typed, "url": "javascript:alert(1)"})
    assert refused.status_code == 400
    assert "A &lt;i&gt;title&lt;/i&gt; of ours" in refused.text, "what was typed is kept"
    editor.post(f"/items/{queue[0]}/edit", {"do": "original"})
    assert "of ours" not in editor.get("/").text


def test_filters_are_kept_under_a_name_and_forgotten(editor: Any, queue: list[ItemId]) -> None:
    page = after_filter(editor, {"view": "/?q=library&days=7&item=3&at=5&upto=9", "name": " Council  news "})
    link = re.search(r'<a href="/\?([^"]*)#queue"[^>]*>Council news<span class="count">1</span>', page)
    assert link
    assert parse_qs(link[1].replace("&amp;", "&")) == {"q": ["library"], "days": ["7"]}
    page = editor.get("/?q=library&days=7").text
    assert 'aria-current="true">Council news' in page
    forget = re.search(r'value="(forget:\d+)"', page)
    assert forget
    assert "Council news<span" not in after_filter(editor, {"view": "/", "do": forget[1]})
    assert "nothing to keep" in after_filter(editor, {"view": "/", "name": "All"})
    assert "Write a name" in after_filter(editor, {"view": "/?q=x", "name": " "})
    assert "Kept as “Turned”" in after_filter(editor, {"view": "/?q=x", "name": "\u202eTurned\u2066"})
    for number in range(14):
        page = after_filter(editor, {"view": f"/?q=w{number}", "name": f"N{number}"})
    assert "forget one of them first" in page


def after_filter(editor: Any, form: dict[str, str]) -> str:
    answer = editor.post("/queue/filters", form)
    assert answer.status_code == 303
    text: str = editor.get(answer.headers["location"].split("#")[0]).text
    return text


@pytest.mark.parametrize(
    ("query", "found"),
    [("days=1", 3), ("lang=xx", 0), ("source=1", 3), ("source=99", 0), ("for=Nowhere", 0), ("state=all", 3)],
)
def test_the_list_is_narrowed_by_its_address(editor: Any, queue: list[ItemId], query: str, found: int) -> None:
    page = editor.get(f"/?{query}").text
    assert len(titles(page)) == found
    if not found:
        assert "Nothing fits this filter." in page


@pytest.mark.parametrize(
    "query",
    [
        "at=99999999999999&upto=999999999",
        "at=x&upto=-1",
        "at=1&upto=1",
        "days=999999999",
        "into=5&open=burn",
        "q=%00'\"*",
    ],
)
def test_an_address_that_makes_no_sense_is_a_desk_all_the_same(editor: Any, queue: list[ItemId], query: str) -> None:
    answer = editor.get(f"/?{query}")
    assert answer.status_code == 200


def test_a_script_gets_only_the_parts_it_uses(editor: Any, queue: list[ItemId]) -> None:
    editor.post("/issues")
    whole = editor.get("/").text
    part = editor.get("/", headers={"x-swap": "#queue #tab-queue"}).text
    assert 'id="queue"' in part
    assert 'id="outline"' not in part
    assert 'id="preview"' not in part
    assert len(part) < len(whole)
    kept = [editor.get("/", headers=asked).headers["cache-control"] for asked in ({}, {"x-swap": "#queue"})]
    assert kept == ["private, no-cache", "no-store"], "Back would show a part as the page of that address"
    assert editor.get("/", headers={"x-swap": "none"}).status_code == 204
    beside = editor.get("/", headers={"x-swap": "#outline #preview #tabs"}).text
    assert 'id="outline"' in beside
    assert 'id="preview"' in beside
    assert 'id="queue"' not in beside
    assert 'id="tab-queue" data-key="g q">Queue<span class="count">3</span>' in beside


def test_the_chosen_section_is_current_for_the_next(
    editor: Any, sqlite_store: Store, letter: Publication, queue: list[ItemId]
) -> None:
    editor.post("/issues")
    editor.post("/issues/1/sections", {"name": "Town hall"})
    page = editor.get("/").text
    sections = re.findall(r'<option value="(\d+)"[^>]*>Town hall</option>', page)
    form = {**form_of(page), "do": "add", "section": sections[0]}
    answer = editor.post("/queue", form)
    assert parse_qs(urlsplit(answer.headers["location"]).query)["into"] == [sections[0]]
    page = editor.get(answer.headers["location"].split("#")[0]).text
    assert f'<option value="{sections[0]}" selected>Town hall</option>' in page
    assert "in draft 1</a>" in page


def test_the_switch_for_single_keys_is_kept_in_the_browser(editor: Any) -> None:
    assert 'data-keys="on"' in editor.get("/").text
    editor.post("/keys", {})
    assert 'data-keys="off"' in editor.get("/issues").text
    editor.post("/keys", {"keys": "on"})
    assert 'data-keys="on"' in editor.get("/").text


def test_a_page_and_its_scripts_are_small(
    editor: Any, sqlite_store: Store, clock: Clock, letter: Publication, queue: list[ItemId]
) -> None:
    with sqlite_store.writing() as tx:
        source = sources.listing(tx, letter.id)[0]
        long = "<p>" + "Half plots are free on the river side, with water on site. " * 20 + "</p>"
        found = [
            ItemData(
                title=f"Eleven plots are free on the river side, {number}",
                excerpt=long,
                url=f"https://a.example/{number}",
            )
            for number in range(80)
        ]
        items.keep(tx, source.id, found, now=clock.now())
    editor.post("/issues")
    page = editor.get("/")
    assert len(titles(page.text)) == 50
    assert len(page.content) < 100_000
    seen, waiting, sent = set(), ["/static/desk.js"], 0
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            with editor.client.stream("GET", path) as answer:
                sent += sum(len(chunk) for chunk in answer.iter_raw())
            text = (Path(web.__file__).parent / path.lstrip("/")).read_text()
            waiting += [f"/static/{name}" for name in re.findall(r'(?:from|import) "\./([^"]+)"', text)]
    assert len(seen) > 4
    assert sent < 30_000, "bytes that a browser loads"
