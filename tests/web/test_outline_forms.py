"""The forms of the outline without script: places, limits, excerpts, credits, pictures, sources that change."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from newsletter.clock import Clock
from newsletter.model.issue import Block, Outline
from newsletter.model.item import ItemData, ItemId
from newsletter.model.publication import Publication, PublicationId
from newsletter.store import Store, issues, items, sources

BODY = '<p>One is <a href="https://alderwick.example/one">here</a>. Two is here. Three.</p><p>Four stands alone.</p>'


@pytest.fixture
def page(editor: Any, queue: list[ItemId]) -> Any:
    """An editor with a draft of three stories, which are blocks 2, 3 and 4."""
    editor.post("/issues")
    editor.post("/queue", {"do": "pick", "item": [str(one) for one in queue]})
    editor.post("/issues/1/fill")
    return editor


def outline(store: Store, letter: Publication) -> Outline:
    with store.reading() as tx:
        return issues.get(tx, letter.id, 1).outline


def block(store: Store, letter: Publication, rank: int = 0) -> Block:
    return outline(store, letter).blocks()[rank]


def told(page: Any, answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:400]
    text: str = page.get(answer.headers["location"].split("#")[0]).text
    return text


def renewed(store: Store, item: ItemId, clock: Clock, **more: str) -> None:
    """The source shows the item with another text."""
    with store.writing() as tx:
        (source,) = sources.listing(tx, PublicationId(1))
        known = next(one for one in items.known(tx, source.id) if one.id == item)
        data = ItemData(**({"title": "Signal box after all", "excerpt": "<p>From June.</p>", "body": BODY} | more))
        items.revise(tx, [(known, data)], now=clock.now())


def test_a_block_is_put_at_a_place_of_another_section(page: Any, sqlite_store: Store, letter: Publication) -> None:
    page.post("/issues/1/sections", {"name": "Town hall"})
    first, town = block(sqlite_store, letter), outline(sqlite_store, letter).sections[1]
    told(page, page.post(f"/issues/1/blocks/{first.id}", {"do": "place", "section": str(town.id), "to": "1"}))
    assert outline(sqlite_store, letter).sections[1].blocks[0].id == first.id
    told(page, page.post(f"/issues/1/blocks/{first.id}", {"do": "place", "section": str(town.id), "to": "99"}))
    assert outline(sqlite_store, letter).sections[1].blocks[-1].id == first.id
    stale = {"do": "place", "section": str(town.id), "to": "1", "version": "1"}
    assert "somebody was faster" in told(page, page.post(f"/issues/1/blocks/{first.id}", stale))
    told(page, page.post(f"/issues/1/sections/{town.id}", {"do": "place", "place": "1"}))
    assert outline(sqlite_store, letter).sections[0].name == "Town hall"


def test_a_section_has_a_limit_if_one_is_wanted(page: Any, sqlite_store: Store, letter: Publication) -> None:
    section = outline(sqlite_store, letter).sections[0]
    form = {"do": "rename", "name": "News", "most": "2"}
    text = told(page, page.post(f"/issues/1/sections/{section.id}", form))
    assert "4 of at most 2" in text
    assert outline(sqlite_store, letter).sections[0].most == 2
    text = told(page, page.post(f"/issues/1/sections/{section.id}", {**form, "most": "x"}))
    assert "A limit is a number from 1" in text
    told(page, page.post(f"/issues/1/sections/{section.id}", {**form, "most": ""}))
    assert outline(sqlite_store, letter).sections[0].most is None


def test_the_history_lists_who_did_what_and_restores(page: Any, sqlite_store: Store, letter: Publication) -> None:
    before = outline(sqlite_store, letter)
    told(page, page.post(f"/issues/1/blocks/{before.blocks()[0].id}", {"do": "remove"}))
    text = page.get("/issues/1/history").text
    assert "Edda" in text
    assert "“" in text
    assert "taken out" in text
    assert "Undone." in told(page, page.post("/issues/1/undo"))
    assert [one.id for one in outline(sqlite_store, letter).blocks()] == [one.id for one in before.blocks()]
    assert "Done again." in told(page, page.post("/issues/1/redo"))
    assert "There is nothing to do again." in told(page, page.post("/issues/1/redo"))
    told(page, page.post("/issues/1/versions", {"name": "short"}))
    assert "short" in page.get("/issues/1/history").text
    told(page, page.post("/issues/1/undo"))
    told(page, page.post("/issues/1/versions/1"))
    assert len(outline(sqlite_store, letter).blocks()) == len(before.blocks()) - 1
    told(page, page.post("/issues/1/versions/1", {"do": "forget"}))
    assert "Restore “short”" not in page.get("/issues/1/history").text
    assert page.get("/issues/9/history").status_code == 404


def test_sentences_are_taken_and_picked_from_the_source(
    page: Any, sqlite_store: Store, clock: Clock, letter: Publication
) -> None:
    one = block(sqlite_store, letter)
    told(page, page.post(f"/issues/1/blocks/{one.id}", {"do": "sentences", "sentences": "1", "version": one.version}))
    assert (block(sqlite_store, letter).blurb or "").count(".") == 1
    asked = page.get(f"/issues/1/blocks/{one.id}/text")
    assert asked.status_code == 200
    item = one.items[0].item
    told(page, page.post(f"/issues/1/blocks/{one.id}/text", {"sentence": [f"{item}-0"]}))
    assert block(sqlite_store, letter).blurb
    assert "Tick at least one" in told(page, page.post(f"/issues/1/blocks/{one.id}/text", {"sentence": ["x"]}))
    now = block(sqlite_store, letter)
    form = {"do": "cut", "blurb": "Whole. Half of", "version": now.version}
    told(page, page.post(f"/issues/1/blocks/{one.id}", form))
    assert block(sqlite_store, letter).blurb == "Whole."


def test_the_calendar_comes_back(page: Any, sqlite_store: Store, letter: Publication) -> None:
    calendar = outline(sqlite_store, letter).blocks()[-1]
    assert calendar.kind == "calendar"
    assert "Add the calendar" in told(page, page.post(f"/issues/1/blocks/{calendar.id}", {"do": "remove"}))
    told(page, page.post("/issues/1/calendar"))
    assert outline(sqlite_store, letter).blocks()[-1].kind == "calendar"
    assert "in this issue already" in told(page, page.post("/issues/1/calendar"))


def test_a_text_stands_between_two_dates(page: Any, sqlite_store: Store, letter: Publication) -> None:
    form = {"text": "Drivers wanted.", "standing": "1", "standing_first": "2026-03-01", "standing_last": "2026-04-30"}
    assert "in every issue from 1 March 2026 until 30 April 2026" in told(page, page.post("/issues/1/blocks", form))
    found = next(one for one in outline(sqlite_store, letter).blocks() if one.kind == "text")
    change = {"do": "save", "standing_first": "", "standing_last": "", "version": found.version, "blurb": "Drivers."}
    told(page, page.post(f"/issues/1/blocks/{found.id}", change))
    found = next(one for one in outline(sqlite_store, letter).blocks() if one.kind == "text")
    assert (found.standing, found.blurb) == (None, "Drivers.")
    wrong = {**form, "standing_last": "2026-02-01"}
    assert "on or after the day it begins" in told(page, page.post("/issues/1/blocks", wrong))


def test_a_picture_is_put_in_with_words_for_it(page: Any, sqlite_store: Store, letter: Publication) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    answer = page.post(
        "/issues/1/images", {"alt": "A green field"}, files={"file": ("field.png", file.getvalue(), "image/png")}
    )
    text = told(page, answer)
    found = next(one for one in outline(sqlite_store, letter).blocks() if one.kind == "image")
    assert found.alt == "A green field"
    assert f"/images/{found.asset}" in text
    opened = page.get(f"/?block={found.id}").text
    assert "For those who do not see it." in opened
    assert "say what it shows" in told(
        page, page.post("/issues/1/images", {"alt": ""}, files={"file": ("f.png", file.getvalue(), "image/png")})
    )
    assert "Choose a file" in told(page, page.post("/issues/1/images", {"alt": "x"}))
    assert "cannot be used" in told(
        page, page.post("/issues/1/images", {"alt": "x"}, files={"file": ("f.png", b"no picture", "image/png")})
    )


def test_what_a_source_changes_is_said_shown_and_decided(
    page: Any, sqlite_store: Store, clock: Clock, letter: Publication
) -> None:
    one = block(sqlite_store, letter)
    item = one.items[0].item
    renewed(sqlite_store, item, clock)
    assert "source changed" in page.get("/").text
    opened = page.get(f"/?block={one.id}").text
    assert "The source changed at" in opened
    assert "Your text is untouched." in opened
    both = page.get(f"/issues/1/blocks/{one.id}/source?item={item}").text
    assert "From June." in both
    assert "Signal box after all" in both
    told(page, page.post(f"/issues/1/blocks/{one.id}", {"do": "keep", "item": str(item), "newer": "2"}))
    assert "source changed" not in page.get("/").text
    renewed(sqlite_store, item, clock, excerpt="<p>From July.</p>")
    assert "source changed" in page.get("/").text
    late = {"do": "renew", "item": str(item), "newer": "2"}
    assert "changed it once more" in told(page, page.post(f"/issues/1/blocks/{one.id}", late))
    told(page, page.post(f"/issues/1/blocks/{one.id}", {"do": "renew", "item": str(item), "newer": "3"}))
    assert block(sqlite_store, letter).items[0].version == 3
    assert "From July." in page.get("/").text


def test_an_item_whose_source_goes_stays_in_the_issue(page: Any, sqlite_store: Store, letter: Publication) -> None:
    one = block(sqlite_store, letter)
    with sqlite_store.writing() as tx:
        for source in sources.listing(tx, letter.id):
            sources.remove(tx, letter.id, source.id)
    form = {"do": "save", "headline": "Still here", "version": one.version}
    assert "Still here" in told(page, page.post(f"/issues/1/blocks/{one.id}", form))
    assert page.get("/issues/1/preview.html").status_code == 200


def test_several_drafts_are_worked_on_side_by_side(page: Any, sqlite_store: Store, letter: Publication) -> None:
    told(page, page.post("/issues", {"origin": "1", "title": "Extra"}))
    text = page.get("/?issue=1").text
    assert 'href="/?issue=2#outline"' in text
    assert "Extra" in text
    told(page, page.post("/issues", {"origin": "none"}))
    with sqlite_store.reading() as tx:
        assert len(issues.get(tx, letter.id, 3).outline.sections) == 1


def test_the_preview_is_asked_for_in_each_shape(page: Any) -> None:
    assert "images=0" in page.get("/?images=0").text
    assert "reader=ana%40example.org" in page.get("/?reader=ana@example.org").text
    facts = page.client.get("/?as=wide", headers={"x-swap": "#outline #preview"})
    assert 'id="facts"' in facts.text
    assert 'id="queue"' not in facts.text
