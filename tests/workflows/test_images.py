"""Pictures on their way into an issue: uploaded, fetched, or refused with nothing changed."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, NotFound, Refused
from newsletter.model.issue import BlockId, BlockKind
from newsletter.model.item import ItemData
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.queue.editing import Editor
from newsletter.render.pictures import Encoded
from newsletter.settings import Fetching, Settings, Smtp
from newsletter.store import Store, assets, items, publications, sources
from newsletter.workflows import images
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.images import Uploaded, add_picture, folder_of, offered, take, upload, upload_file
from newsletter.workflows.publish import Desk


def jpeg(width: int = 1600, height: int = 900) -> bytes:
    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def letter(store: Store, clock: Clock) -> Publication:
    with store.writing() as tx:
        return publications.add(
            tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org", address="12 Mill Street"
        )


@pytest.fixture
def desk(store: Store, clock: Clock, letter: Publication, tmp_path: Path) -> Desk:
    settings = Settings(
        workspace=tmp_path,
        base_url="https://letter.example.org",
        secret_keys=("a key for tests",),
        smtp=(Smtp(folder=tmp_path / "out"),),
        fetching=Fetching(allow_private_hosts=True, timeout=5.0),
    )
    return Desk(store, settings, clock, letter)


@pytest.fixture
def editor(desk: Desk) -> Editor:
    return Editor(desk.store, desk.clock, desk.publication, "ada")


def test_an_uploaded_picture_stands_in_the_mail_with_its_words(desk: Desk, editor: Editor) -> None:
    number = new_issue(editor, origin="none").number
    issue = add_picture(
        desk,
        editor,
        number,
        Uploaded(jpeg(), "market.jpg"),
        alt="The square at noon, “full” of stalls",
        caption="Seen from *the tower*.",
        url="https://alderwick.example/market",
    )
    (block,) = [one for one in issue.outline.blocks() if one.kind is BlockKind.IMAGE]
    data = desk.preview(number)
    assert f'src="https://letter.example.org/images/{block.asset}" width="632" height="356"' in data.html
    assert 'alt="The square at noon, “full” of stalls"' in data.html
    assert "max-width:632px" in data.html.replace(" ", "")
    assert "<em>the tower</em>" in data.html
    assert "https://alderwick.example/market" in [link.target for link in data.links]
    text = " ".join(data.text.split())
    assert "[Image: The square at noon, “full” of stalls] https://alderwick.example/market Seen from" in text
    with desk.store.reading() as tx:
        known = assets.named(tx, [block.asset or ""])[block.asset or ""]
        assert assets.latest(tx, desk.publication.id) == [known]
    file = folder_of(desk.settings) / known.name
    assert file.stat().st_size == known.size
    assert (known.width, known.height, known.origin, known.who) == (1264, 711, "market.jpg", "ada")
    assert not [one.code for one in desk.check(number) if one.block == block.id]
    desk.approve(number)


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_each_theme_shows_it_as_wide_as_it_says(desk: Desk, editor: Editor, theme: str) -> None:
    number = new_issue(editor, origin="none").number
    add_picture(desk, editor, number, Uploaded(jpeg(), "a.jpg"), alt="A square")
    add_picture(desk, editor, number, Uploaded(jpeg(200, 100), "b.jpg"), alt="A small one")
    editor.set_fields(number, {"theme": theme})
    html = desk.preview(number).html
    assert f'width="{560 if theme == "letter" else 632}"' in html
    assert 'width="200" height="100"' in html


def test_a_picture_is_fetched_through_the_guard(desk: Desk, editor: Editor, web: Any) -> None:
    url = web.serve("/stalls.jpg", jpeg(), content_type="image/svg+xml")
    number = new_issue(editor, origin="none").number
    add_picture(desk, editor, number, url, alt="Stalls")
    with desk.store.reading() as tx:
        assert assets.latest(tx, desk.publication.id)[0].origin == url
    guarded = replace(desk, settings=replace(desk.settings, fetching=Fetching()))
    with pytest.raises(NewsletterError, match="cannot be taken"):
        take(guarded, url, who="ada")
    for address in (web.serve("/page", "<html>no picture"), web.serve("/gone.png", status=404), "file:///etc/passwd"):
        with pytest.raises(NewsletterError):
            take(desk, address, who="ada")


def test_an_item_offers_the_pictures_it_brought(desk: Desk) -> None:
    body = '<p><img src="https://a.example/1.jpg" alt="One"> <img src="https://a.example/2.jpg"></p>'
    found = ItemData(title="Otters", excerpt='<p><img src="https://a.example/1.jpg"></p>', body=body)
    with desk.store.writing() as tx:
        source = sources.add(tx, desk.publication.id, kind=SourceKind.FOLDER, url="/d", name="d", now=desk.clock.now())
        (item,) = items.keep(tx, source.id, [found], now=desk.clock.now())
    assert [(one.url, one.alt) for one in offered(desk, item)] == [
        ("https://a.example/1.jpg", "One"),
        ("https://a.example/2.jpg", ""),
    ]


def test_what_is_refused_changes_nothing(desk: Desk, editor: Editor, tmp_path: Path) -> None:
    number = new_issue(editor, origin="none").number
    before = desk.issue(number)
    good = Uploaded(jpeg(80, 60), "a.jpg")
    for picture, words in (
        (Uploaded(b"no picture", "a.jpg"), {"alt": "A"}),
        (Uploaded(bytes(41 * 1024 * 1024), "huge.jpg"), {"alt": "A"}),
        (good, {"alt": "  "}),
        (good, {"alt": "two\nlines"}),
        (good, {"alt": "x" * 501}),
        (good, {"alt": "A", "url": "javascript:alert(1)"}),
        (good, {"alt": "A", "caption": "{{ nobody_knows }}"}),
        (good, {"alt": "A", "section": "Nowhere"}),
        (str(tmp_path / "missing.jpg"), {"alt": "A"}),
        (str(tmp_path), {"alt": "A"}),
    ):
        with pytest.raises(NewsletterError):
            add_picture(desk, editor, number, picture, **words)
    assert desk.issue(number) == before
    assert not folder_of(desk.settings).exists()
    editor.add_text(number, "words")
    desk.approve(number)
    with pytest.raises(Refused):
        add_picture(desk, editor, number, good, alt="A")
    assert not folder_of(desk.settings).exists()


def test_forty_megabytes_are_told_not_read(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "huge.png"
    with file.open("wb") as out:
        out.truncate(40 * 1024 * 1024)
    with pytest.raises(NewsletterError, match="40 MB; at most 20 are taken"):
        upload_file(desk, file, who="ada")


def test_what_takes_too_long_to_unpack_is_one_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsletter.bounded import Unfinished

    class Slow:
        def ask(self, _: object) -> Encoded:
            raise Unfinished("late")

    monkeypatch.setattr(images, "_process", Slow)
    with pytest.raises(NewsletterError, match="takes longer than 20 s to unpack"):
        upload(desk, jpeg(), "slow.jpg", who="ada")


def test_the_words_of_a_picture_can_be_changed_but_not_left_out(desk: Desk, editor: Editor) -> None:
    number = new_issue(editor, origin="none").number
    issue = add_picture(desk, editor, number, Uploaded(jpeg(80, 60), "a.jpg"), alt="A square")
    block = next(one for one in issue.outline.blocks() if one.kind is BlockKind.IMAGE)
    edited = editor.edit_block(number, block.id, {"alt": "The square", "blurb": "At noon"})
    assert [one.alt for one in edited.outline.blocks() if one.id == block.id] == ["The square"]
    for fields in ({"alt": ""}, {"headline": "Square"}):
        with pytest.raises(NewsletterError):
            editor.edit_block(number, block.id, fields)
    text = editor.add_text(number, "words").outline.blocks()[-1]
    with pytest.raises((NewsletterError, NotFound)):
        editor.edit_block(number, BlockId(text.id), {"alt": "no picture"})


def test_a_heavy_picture_and_one_that_is_gone_are_warned_of(desk: Desk, editor: Editor) -> None:
    number = new_issue(editor, origin="none").number
    add_picture(desk, editor, number, Uploaded(jpeg(80, 60), "a.jpg"), alt="A square")
    material = desk.material(number)
    data = desk.preview(number)
    heavy = {name: replace(one, size=400 * 1024) for name, one in material.assets.items()}
    assert "image-weight" in [one.code for one in desk.findings(replace(material, assets=heavy), data)]
    gone = [one.code for one in desk.findings(replace(material, assets={}), data)]
    assert "image-gone" in gone
