"""How fast an issue is rendered and personalised. Measures and prints ratios; a time never fails a test.

juice is looked for by node as usual: `npm install juice` somewhere, and `NODE_PATH=…/node_modules`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.model.event import Occurrence
from newsletter.model.issue import Block, BlockId, BlockKind, Outline, Section, SectionId
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.personal import Facts
from newsletter.model.splice import Reader, compile_rendition
from newsletter.render import inline as inlining
from newsletter.render.checks import preflight
from newsletter.render.compose import compose
from newsletter.render.sample_issue import Sample, sample_issue
from newsletter.render.themes import open_theme
from newsletter.settings import Settings

pytestmark = pytest.mark.benchmark

ITEMS = 30
EVENTS = 10
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
    dates: Sequence[Occurrence] = (sample.occurrences * 2)[:EVENTS]
    return replace(sample, issue=replace(sample.issue, outline=outline), occurrences=dates)


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
            f"\n{ITEMS} items, {EVENTS} events, {len(data.html):,} bytes: "
            f"rendered and inlined in {rendered * 1000:.0f} ms, checked in "
            f"{checked * 1000:.0f} ms; spliced {1 / spliced:,.0f} messages/s of {compiled.size:,} bytes, "
            f"{rendered / spliced:,.0f} times as fast as rendering for each reader"
        )


_JUICE = """
const juice = require("juice");
const {html, css} = JSON.parse(require("fs").readFileSync(0, "utf8"));
const once = () => juice.inlineContent(html, css, {removeStyleTags: false});
once();
const began = process.hrtime.bigint();
for (let n = 0; n < 5; n++) once();
console.log(Number(process.hrtime.bigint() - began) / 5e9);
"""


def _juice(html: str, css: str) -> float | str:
    """Seconds of juice for one document, warm; or why there are none."""
    node = shutil.which("node")
    if node is None:
        return "no node"
    given = json.dumps({"html": html, "css": css})
    done = subprocess.run([node, "-e", _JUICE], input=given, capture_output=True, text=True, timeout=120, check=False)
    return float(done.stdout) if done.returncode == 0 else "no juice for node (npm install juice; NODE_PATH)"


def test_inlining_alone_beside_others(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The same document and sheet, once; we inline once for all readers, so that this is no part of a message."""
    sample = _sample("Good morning.")
    theme = open_theme("weekly", sample.settings)
    seen: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr("newsletter.render.filling.inline", lambda html, *_: seen.append(html) or html)
        compose(
            sample.publication,
            sample.issue,
            sample.versions,
            sample.occurrences,
            settings=sample.settings,
            on=sample.day,
        )
    html, inlined, head = seen[0], theme.sheet("inline.css"), theme.sheet("head.css")
    inlining.inline(html, inlined, head)
    ours = _seconds(lambda: inlining.inline(html, inlined, head), 3)
    told = [f"premailer with our sheets {ours * 1000:.0f} ms"]
    try:
        import css_inline
    except ImportError:
        told.append("no css-inline (pip install css-inline)")
    else:
        inliner = css_inline.CSSInliner(extra_css=inlined, load_remote_stylesheets=False)
        rust = _seconds(lambda: inliner.inline(html), 5)
        told.append(f"css-inline {rust * 1000:.1f} ms, {ours / rust:.0f} times as fast")
    juice = _juice(html, inlined)
    told.append(juice if isinstance(juice, str) else f"juice {juice * 1000:.0f} ms, {ours / juice:.1f} times as fast")
    with capsys.disabled():
        print(f"\ninlining {len(html):,} bytes: " + "; ".join(told))
