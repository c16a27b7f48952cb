"""Issues as a reader's program receives them: every theme's sample, from right to left, and with thirty items.

`python tests/render/specimens.py FOLDER` writes each as NAME.html and NAME.eml, for the lints of `.ci/mail`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from newsletter.model.issue import Block, BlockId, BlockKind, Outline, PinnedItem, Section, SectionId
from newsletter.model.item import ItemId
from newsletter.render.compose import compose
from newsletter.render.sample_issue import Sample, sample_issue
from newsletter.settings import Settings, Smtp
from newsletter.workflows.specimen import specimen

THEMES = ("weekly", "digest", "letter")
THEN = datetime(2026, 11, 27, 14, tzinfo=UTC)
SETTINGS = Settings(
    workspace=Path("/nowhere"),
    base_url="https://letter.example.org",
    secret_keys=("a key of the tests",),
    smtp=(Smtp(host="mail.example.org", port=587),),
)


def specimens() -> Iterator[tuple[str, bytes]]:
    """The name and the message of each."""
    for theme in THEMES:
        sample = sample_issue(theme, SETTINGS)
        yield theme, message(sample)
        yield f"{theme}-rtl", message(sample_issue(theme, SETTINGS, language="ar"))
        yield f"{theme}-thirty", message(_thirty(sample))


def message(sample: Sample) -> bytes:
    """The sample as one reader would get it."""
    data = compose(
        sample.publication,
        sample.issue,
        sample.versions,
        sample.occurrences,
        settings=sample.settings,
        on=sample.day,
        assets=sample.assets,
    )
    return specimen(data, at=THEN)


def html_of(content: bytes) -> str:
    """The HTML part of a message."""
    body = message_from_bytes(content, policy=policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def _thirty(sample: Sample) -> Sample:
    """Thirty items in five sections, some with mixed directions and long words, and the calendar."""
    (first,) = list(sample.versions.values())[:1]
    versions = {
        PinnedItem(ItemId(number), 1): replace(
            first,
            item=ItemId(number),
            title=f"Story {number}: {'a longer headline about the town and its river, ' * (number % 3)}as told",
            url=f"https://courier.example/stories/{number}?a=1&b={number}",
            excerpt="<p>مرحبا بالعالم (with English), and then <a href='https://x.example/'>the minutes</a>.</p>"
            if number % 7 == 0
            else "<p>An excerpt of a sentence or two. It has a second sentence, as they do.</p>",
        )
        for number in range(1, 31)
    }
    pins = list(versions)
    sections = [
        Section(
            id=SectionId(place + 1),
            name=f"Section {place + 1}",
            blocks=tuple(
                Block(id=BlockId(place * 6 + at + 1), kind=BlockKind.ITEM, items=(pins[place * 6 + at],))
                for at in range(6)
            ),
        )
        for place in range(5)
    ]
    last = Section(id=SectionId(9), name="", blocks=(Block(id=BlockId(99), kind=BlockKind.CALENDAR),))
    return replace(
        sample, versions=versions, issue=replace(sample.issue, outline=Outline((*sections, last))), assets={}
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in specimens():
        (folder / f"{name}.eml").write_bytes(content)
        (folder / f"{name}.html").write_text(html_of(content), encoding="utf-8")
