"""Pages that save by themselves: JSON, one version after the other, and both texts where two people met."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.errors import Conflict
from newsletter.model.publication import Publication
from newsletter.store import Store, issues
from newsletter.web import editing

AUTO = {"x-autosave": "1"}


@pytest.fixture
def page(editor: Any) -> Any:
    """An editor with a draft of one text, which is block 2."""
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    return editor


def text_block(store: Store, letter: Publication) -> Any:
    with store.reading() as tx:
        return next(one for one in issues.get(tx, letter.id, 1).outline.blocks() if one.kind == "text")


def test_each_save_answers_with_the_version_for_the_next(page: Any, sqlite_store: Store, letter: Publication) -> None:
    block = text_block(sqlite_store, letter)
    version = block.version
    for text in ("Good", "Good day", "Good day."):
        answer = page.post(f"/issues/1/blocks/{block.id}", {"blurb": text, "version": version}, headers=AUTO)
        assert answer.status_code == 200
        assert answer.json()["version"] == version + 1
        version += 1
    assert text_block(sqlite_store, letter).blurb == "Good day."
    same = page.post(f"/issues/1/blocks/{block.id}", {"blurb": "Good day.", "version": version}, headers=AUTO).json()
    assert same["version"] == version


def test_a_stale_save_gets_both_texts_unless_it_touches_another_field(
    page: Any, sqlite_store: Store, letter: Publication
) -> None:
    block = text_block(sqlite_store, letter)
    path = f"/issues/1/blocks/{block.id}"
    page.post(path, {"blurb": "Theirs.", "version": block.version}, headers=AUTO)
    stale = {"blurb": "Mine.", "was_blurb": "Good morning.", "version": block.version}
    met = page.post(path, stale, headers=AUTO)
    assert met.status_code == 409
    shown = "<dt>Blurb</dt><dd>Theirs.</dd>"
    assert met.json() == {"version": block.version + 1, "theirs": {"blurb": "Theirs."}, "shown": shown}
    other = page.post(path, {"headline": "Mine", "was_headline": "", "version": block.version}, headers=AUTO)
    assert other.status_code == 200
    now = text_block(sqlite_store, letter)
    assert (now.headline, now.blurb) == ("Mine", "Theirs.")
    same = page.post(path, {"blurb": "Theirs.", "was_blurb": "x", "version": block.version}, headers=AUTO)
    assert same.status_code == 200  # both wrote the same


def test_the_letter_saves_by_itself_too(page: Any, sqlite_store: Store, letter: Publication) -> None:
    with sqlite_store.reading() as tx:
        version = issues.get(tx, letter.id, 1).version
    answer = page.post("/issues/1/fields", {"subject": "Spring", "version": version}, headers=AUTO)
    assert answer.json()["version"] == version + 1
    page.post("/issues/1/fields", {"subject": "Summer", "version": version + 1}, headers=AUTO)
    met = page.post(
        "/issues/1/fields", {"subject": "Autumn", "was_subject": "Spring", "version": version}, headers=AUTO
    )
    assert met.json()["theirs"] == {"subject": "Summer"}
    kept = page.post("/issues/1/fields", {"preheader": "Soon", "was_preheader": "", "version": version}, headers=AUTO)
    assert kept.status_code == 200


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("blurb", "x" * 2_000_000, "at most 100,000 fit into an issue"),
        ("headline", "x" * 3_000, "at most 2,000 fit into an issue"),
        ("url", "javascript:alert(1)", "is not a link"),
        ("blurb", "", "A text block needs a text"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    page: Any, sqlite_store: Store, letter: Publication, field: str, text: str, words: str
) -> None:
    block = text_block(sqlite_store, letter)
    answer = page.post(f"/issues/1/blocks/{block.id}", {field: text, "version": block.version}, headers=AUTO)
    assert answer.status_code == 400
    assert words in answer.json()["why"]
    assert text_block(sqlite_store, letter) == block


def test_without_script_what_cannot_be_kept_comes_back_in_its_field(
    page: Any, sqlite_store: Store, letter: Publication
) -> None:
    block = text_block(sqlite_store, letter)
    text = "y" * 150_000
    answer = page.post(f"/issues/1/blocks/{block.id}", {"blurb": text, "version": block.version, "do": "save"})
    assert answer.status_code == 400
    assert text in answer.text


def test_a_block_that_is_gone_says_so(page: Any, sqlite_store: Store, letter: Publication) -> None:
    block = text_block(sqlite_store, letter)
    page.post(f"/issues/1/blocks/{block.id}", {"do": "remove"})
    answer = page.post(f"/issues/1/blocks/{block.id}", {"blurb": "Late.", "version": "1"}, headers=AUTO)
    assert answer.status_code in (400, 404)
    assert "took this block out" in answer.json()["why"]


def test_pasted_html_becomes_markdown(page: Any) -> None:
    answer = page.post("/markdown", {"html": '<p>See <a href="https://x.example/">x</a><script>y</script></p>'})
    assert answer.text == "See [x](https://x.example/)"
    assert answer.headers["content-type"].startswith("text/plain")
    assert page.post("/markdown", {"html": "<p>" + "x" * 500_000}).status_code == 413


def test_others_are_seen_where_they_are(page: Any, sqlite_store: Store, letter: Publication, visitor: Any) -> None:
    from newsletter.clock import Clock
    from newsletter.model.issue import BlockId
    from newsletter.model.user import Role
    from newsletter.store import presences, users
    from newsletter.web.presence import told

    block = text_block(sqlite_store, letter)
    with sqlite_store.writing() as tx:
        bo = users.add(tx, "Bo", "x", role=Role.EDITOR, now=Clock().now())
        issue = issues.get(tx, letter.id, 1)
    place = page.client.app.place
    with sqlite_store.writing() as tx:
        presences.say(tx, issue.id, bo.id, BlockId(block.id), now=place.clock.now())
    assert page.post("/issues/1/presence", {"block": "0"}).status_code == 204
    text = page.get("/").text
    assert "Bo is here too" in text
    assert "Bo is in this block since" in text
    assert "Edda is here too" not in text
    with sqlite_store.reading() as tx:
        assert [one["who"] for one in told(tx, letter.id)] == ["Edda", "Bo"]
    page.post("/issues/1/presence", {"block": "0", "gone": "1"})
    with sqlite_store.reading() as tx:
        assert [one["who"] for one in told(tx, letter.id)] == ["Bo"]


@pytest.mark.parametrize("kind", ["block", "letter"])
def test_two_fields_that_are_saved_at_the_same_moment_are_both_kept(
    page: Any, sqlite_store: Store, letter: Publication, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    block = text_block(sqlite_store, letter)
    path = f"/issues/1/blocks/{block.id}" if kind == "block" else "/issues/1/fields"
    mine, theirs = ("headline", "teaser") if kind == "block" else ("subject", "preheader")
    look, saves = editing.untouched, iter(range(4))

    def interrupted(form: dict[str, str], fields: dict[str, str], now: Any) -> dict[str, str] | None:
        """Somebody else saves between the look and the save, three times."""
        rest = look(form, fields, now)
        if mine in fields and (number := next(saves, None)) is not None and number < 3:
            said = {theirs: f"Theirs {number}", f"was_{theirs}": f"Theirs {number - 1}" if number else ""}
            assert page.post(path, said, headers=AUTO).status_code == 200
        return rest

    monkeypatch.setattr(editing, "untouched", interrupted)
    answer = page.post(path, {mine: "Mine", f"was_{mine}": ""}, headers=AUTO)
    assert answer.status_code == 200, answer.text
    with sqlite_store.reading() as tx:
        issue = issues.get(tx, letter.id, 1)
    kept = text_block(sqlite_store, letter) if kind == "block" else issue
    assert (getattr(kept, mine), getattr(kept, theirs)) == ("Mine", "Theirs 2")


def test_who_is_never_let_in_between_gets_a_conflict_in_the_end() -> None:
    saves = []

    def save(theirs: Any, rest: dict[str, str]) -> Any:
        saves.append(rest)
        raise Conflict("Somebody was faster.")

    class Block:
        headline = ""

    with pytest.raises(Conflict):
        editing.laid_over({"was_headline": ""}, {"headline": "Mine"}, Block, save)
    assert saves == [{"headline": "Mine"}] * editing.LOOKS
