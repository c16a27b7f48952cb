"""Items by hand, edits over them, whole texts; and what the mail says of a story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.model.item import ItemId
from newsletter.workflows.clip import Clipper

TEXT = "The fair in Alderwick began with a long and happy walk along the river, and many came to see it. " * 4
PAGE = (
    '<!doctype html><html lang="en"><head><title>Fair day | The Ferry</title>'
    '<meta property="og:site_name" content="The Ferry"></head><body><nav>Menu</nav><article><h1>Fair day</h1>'
    f'<p>{TEXT}</p><p>See <a href="map">the map</a>, which shows where the long tables stood on that day.</p>'
    "</article></body></html>"
)


@pytest.fixture
def clipper(desk: Any) -> Clipper:
    return Clipper(desk.store, desk.settings, desk.clock, desk.publication)


def test_a_page_is_clipped_through_the_guard_and_once(desk: Any, web: Any, clipper: Clipper) -> None:
    url = web.serve("/news/fair", PAGE, content_type="text/html")
    (item,) = clipper.add_page(web.serve("/news/fair?utm_source=x&a=1", PAGE, content_type="text/html"))
    assert (item.latest.title, item.latest.outlet, item.latest.url) == ("Fair day", "The Ferry", f"{url}?a=1")
    assert web.url("/news/map") in item.latest.body
    (item,) = clipper.add_page(url)
    assert clipper.add_page(url)[0].id == item.id
    assert len(desk.queue()) == 2
    assert desk.collect().outcomes == ()
    marked = clipper.add_page(url, title="What I call it", selection="Just *this*.")
    assert (marked[0].latest.title, marked[0].latest.excerpt) == ("What I call it", "<p>Just <em>this</em>.</p>")


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ({"status": 404}, "nothing at this address"),
        ({"body": b"%PDF", "content_type": "application/pdf"}, "no web page"),
        ({"body": "", "content_type": "text/html"}, "is empty"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_sentence(web: Any, clipper: Clipper, served: Any, words: str) -> None:
    url = web.serve("/page", **served)
    with pytest.raises(NewsletterError, match=words):
        clipper.add_page(url)
    assert clipper.add_page(url, title="Kept all the same")[0].latest.url == url
    with pytest.raises(NewsletterError, match="not a web address"):
        clipper.add_page("ftp://example.org/x")


def test_files_and_pasted_texts_are_added(desk: Any, clipper: Clipper, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# A note\n\nText.")
    assert [one.latest.title for one in clipper.add_file(tmp_path / "note.md")] == ["A note"]
    (pasted,) = clipper.add_text("Fair day\nCome and [see](https://a.example/).")
    assert pasted.latest.title == "Fair day"
    assert '<a href="https://a.example/">see</a>' in pasted.latest.excerpt
    for bad in (tmp_path / "none.md", tmp_path / "newsletter.db"):
        with pytest.raises(NewsletterError):
            clipper.add_file(bad)
    with pytest.raises(NewsletterError, match="no text"):
        clipper.add_text("  \n")
    assert len(desk.queue()) == 2


def test_edits_are_checked_and_come_off(clipper: Clipper) -> None:
    (item,) = clipper.add_text("Fair day\nText.")
    fields = {"title": "Ours", "excerpt": "With *stress* <script>x</script>", "url": "https://a.example/"}
    fields["published"] = "2026-12-04"
    edited = clipper.edit(item.id, fields)
    assert (edited.latest.title, edited.latest.excerpt) == ("Ours", "<p>With <em>stress</em> </p>")
    assert edited.latest.published is not None
    assert edited.latest.published.isoformat() == "2026-12-04T05:00:00+00:00"
    for wrong in ({"url": "javascript:x"}, {"published": "soon"}):
        with pytest.raises(NewsletterError):
            clipper.edit(item.id, wrong)
    assert clipper.edit(item.id, dict.fromkeys(fields)).latest == item.latest


def test_the_whole_text_stands_beside_the_excerpt(desk: Any, web: Any, clipper: Clipper) -> None:
    from newsletter.store import item_pages

    url = web.serve("/fair", PAGE, content_type="text/html")
    entry = f"<item><title>Fair</title><link>{url}</link><description>Short.</description></item>"
    desk.add(web.serve("/feed", f'<rss version="2.0"><channel>{entry}</channel></rss>'))
    desk.collect()
    (item,) = desk.queue()
    assert TEXT.strip() in clipper.full_text(item.id).html
    (after,) = desk.queue()
    assert (after.latest.excerpt, after.latest.number) == ("Short.", 1)
    with desk.store.reading() as tx:
        kept = item_pages.text_of(tx, item.id)
    assert kept is not None
    assert kept.url == url
    (bare,) = clipper.add_text("Nothing\nto fetch.")
    with pytest.raises(NewsletterError, match="no link"):
        clipper.full_text(bare.id)
    with pytest.raises(NewsletterError, match="no item"):
        clipper.full_text(ItemId(99))


def test_the_mail_says_where_else_a_story_stands(desk: Any, web: Any, clipper: Clipper) -> None:
    from newsletter.queue.editing import Editor
    from newsletter.workflows.drafting import fill_issue, new_issue
    from newsletter.workflows.publish import Desk

    for name in ("Times", "Ferry", "Courier", "Herald"):
        entry = f"<item><title>Old bridge opens again on Friday</title><link>https://{name}.example/1</link></item>"
        desk.add(web.serve(f"/{name}", f'<rss version="2.0"><channel><title>{name}</title>{entry}</channel></rss>'))
    desk.collect()
    found = desk.queue()
    assert {one.place.story for one in found if one.place} == {1}
    (lead,) = (one for one in found if one.place and one.place.leads)
    from newsletter.model.item import Triage
    from newsletter.store import items

    with desk.store.writing() as tx:
        items.decide(tx, desk.publication.id, [lead.id], Triage.PICKED, now=desk.clock.now())
    editor = Editor(desk.store, desk.clock, desk.publication, "test")
    new_issue(editor)
    fill_issue(editor, None)
    rendition = Desk(desk.store, desk.settings, desk.clock, desk.publication).preview(None)
    assert "Also in: " in rendition.html
    others = {one.latest.outlet for one in found} - {lead.latest.outlet}
    for outlet in others:
        assert f">{outlet}</a>" in rendition.html
        assert outlet in rendition.text
    assert "Also in:\n" in rendition.text


def test_a_page_that_was_not_read_loses_what_follows_a_reader_from_its_address(web: Any, clipper: Clipper) -> None:
    (item,) = clipper.add_page(web.url("/missing?utm_source=x&a=1"), title="Kept all the same")
    assert item.latest.url == web.url("/missing?a=1")
