"""How fast an issue is rendered and personalised. Measures and prints ratios; a time never fails a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.model.issue import Block, BlockId, BlockKind, Outline, Section, SectionId
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.personal import Facts
from newsletter.model.splice import Reader, compile_rendition
from newsletter.render.checks import preflight
from newsletter.render.compose import compose
from newsletter.render.sample_issue import Sample, sample_issue
from newsletter.settings import Settings

pytestmark = pytest.mark.benchmark

ITEMS = 30
MESSAGES = 5_000
PERSONAL = (
    'Dear {{ name | default("friend") }}, {% if tag("a") %}one{% elif language == "de" %}two{% else %}three{% endif %}.'
)


def _sample(blurb: str) -> Sample:
    """An issue of thirty items."""
    sample = sample_issue("weekly", Settings(workspace=Path("/nowhere")))
    pins = list(sample.versions)
    items = [
        Block(id=BlockId(100 + n), kind=BlockKind.ITEM, items=(pins[n % len(pins)],), headline=f"Headline {n}")
        for n in range(ITEMS)
    ]
    words = Block(id=BlockId(1), kind=BlockKind.TEXT, blurb=blurb)
    calendar = Block(id=BlockId(2), kind=BlockKind.CALENDAR)
    outline = Outline((Section(id=SectionId(1), blocks=(words, *items, calendar)),))
    return replace(sample, issue=replace(sample.issue, outline=outline))


def _seconds(work: Callable[[], object], times: int = 1) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


@pytest.mark.parametrize("blurb", ["Good morning.", PERSONAL], ids=["the-same-for-all", "personal"])
def test_an_issue_is_rendered_once_and_spliced_for_each_reader(blurb: str, capsys: pytest.CaptureFixture[str]) -> None:
    sample = _sample(blurb)
    parts = (sample.publication, sample.issue, sample.versions, sample.occurrences)

    def render() -> object:
        return compose(*parts, settings=sample.settings, on=sample.day)

    render()  # the first one compiles templates and imports premailer
    rendered = _seconds(render, 3)
    data = compose(*parts, settings=sample.settings, on=sample.day)
    checked = _seconds(lambda: preflight(parts[0], parts[1], data, settings=sample.settings, versions=parts[2]))
    compiled = compile_rendition(data)
    now = datetime.now(UTC)
    readers = [
        Reader(address="ada@example.org", values={UNSUBSCRIBE: "https://letter.example.org/u/abc"}, facts=facts)
        for facts in (Facts(name="Ada", tags=("a",)), Facts(name="Ben"), Facts(language="de"))
    ]
    turn = iter(range(10**9))
    spliced = _seconds(lambda: compiled.splice(readers[next(turn) % 3], message_id="<1@x>", date=now), MESSAGES)
    with capsys.disabled():
        print(
            f"\n{ITEMS} items, {len(data.html):,} bytes: rendered and inlined in {rendered * 1000:.0f} ms, checked in "
            f"{checked * 1000:.0f} ms; spliced {1 / spliced:,.0f} messages/s of {compiled.size:,} bytes, "
            f"{rendered / spliced:,.0f} times as fast as rendering for each reader"
        )
