"""Numbers from forms: read where the database can hold them, refused in one sentence where not."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.web.numbers import LARGEST, whole

TOO_MUCH = ["9" * 5000, "99999999999999999999999", str(LARGEST + 1)]


@pytest.mark.parametrize(("text", "number"), [("", None), (" ", None), ("1", 1), (" 12 ", 12), (str(LARGEST), LARGEST)])
def test_a_number_is_read(text: str, number: int | None) -> None:
    assert whole(text, what="A place") == number


@pytest.mark.parametrize("text", [*TOO_MUCH, "0", "-1", "1.5", "x", "٣", "1_000"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NewsletterError, match="A place is a number from 1"):
        whole(text, what="A place")


@pytest.mark.parametrize("number", TOO_MUCH)
def test_no_form_of_the_desk_falls_over_a_number(editor: Any, queue: list[int], number: str) -> None:
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    block = "/issues/1/blocks/2"
    assert editor.post(block, {"blurb": "Hello."}).status_code == 303
    for path, form in [
        (block, {"blurb": "x", "version": number}),
        (block, {"blurb": "x", "teaser_rank": number}),
        (block, {"blurb": "x", "section": number}),
        ("/issues/1/fields", {"title": "x", "version": number}),
        ("/issues/1/sections/1", {"do": "down", "place": number}),
        ("/issues/1/blocks", {"text": "x", "section": number}),
        ("/issues/1/resolve", {"decision": "resend", "delivery": number}),
        ("/issues/1/waive", {"finding": f"no-teaser:{number}"}),
        ("/queue", {"do": "add", "item": str(queue[0]), "issue": "1", "section": number}),
        ("/queue", {"do": "pick", "item": number}),
        ("/calendar/merge", {"event": number, "other": "1"}),
        ("/calendar/issue", {"occurrence": number[:80], "do": "pin", "issue": number}),
    ]:
        answer = editor.post(path, form)
        assert answer.status_code in (303, 400), (path, form)
    for path in [f"/readers?after={number}", f"/?item={number}&issue={number}", f"/archive?page={number}"]:
        assert editor.get(path).status_code in (200, 404), path


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00"])
def test_no_form_of_the_desk_falls_over_a_date(editor: Any, day: str) -> None:
    editor.post("/issues")
    editor.post("/calendar", {"lines": "December 6 Street fair"})
    for path, form in [
        ("/issues/1/schedule", {"at": day}),
        ("/calendar/1", {"title": "Street fair", "start": day, "end": day}),
        ("/calendar", {"lines": f"{day[:10]} Far away"}),
        ("/calendar", {"lines": f"{day[:10]} 23:59 Far away", "do": "read"}),
    ]:
        assert editor.post(path, form).status_code in (200, 303, 422), (path, form)
    for path in ("/", "/calendar", "/calendar?p=past", "/events", "/events.ics", "/issues/1", "/events/1"):
        assert editor.get(path).status_code == 200, path
