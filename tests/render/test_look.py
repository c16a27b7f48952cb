"""The sample issue in a real browser: nothing scrolls sideways, everything can be read, light and dark."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.rendition import RenditionData
from newsletter.render.compose import compose
from newsletter.settings import Settings
from newsletter.workflows.themes import sample_in

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungszeremonienprotokoll"

FAINT = """() => {
  const parse = (color) => color.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = parse(getComputedStyle(element).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (ratio < 4.5) found.push(`${ratio.toFixed(1)}: ${walker.currentNode.data.trim()}`);
    if (size < 14) found.push(`${size}px: ${walker.currentNode.data.trim()}`);
  }
  return found;
}"""


@pytest.fixture
def browser(chromium: Any) -> Any:
    """Debian's Chromium."""
    return chromium


@pytest.fixture(scope="module", params=["weekly", "digest", "letter"])
def theme(request: pytest.FixtureRequest) -> str:
    """Each of the shipped themes."""
    return str(request.param)


@pytest.fixture(scope="module")
def looked_at(sample: Any, theme: str) -> RenditionData:
    """The sample issue in a theme."""
    return compose(
        sample.publication(),
        sample.issue(theme=theme),
        sample.VERSIONS,
        sample.OCCURRENCES,
        settings=sample.settings(),
        on=sample.ON,
        nonce=sample.NONCE,
    )


@pytest.fixture(scope="module")
def own_sample(theme: str) -> RenditionData:
    """The sample issue of the theme itself, with its pictures in it."""
    return sample_in(Settings(workspace=Path("/nowhere")), theme)


@pytest.fixture(scope="module")
def long_words(sample: Any, theme: str) -> RenditionData:
    """An issue of words of 90 letters."""
    link = f"{LONG} [{LONG}](https://x.example/)"
    blocks = (
        sample.block(1, 1, headline=LONG, outlet=LONG, blurb=f"{link}\n\n> {LONG}\n\n`{LONG}`\n\n- {link}"),
        sample.block(2, headline=LONG, blurb=f"{link}\n\n**[{LONG}](https://x.example/)**"),
        sample.Block(id=sample.BlockId(3), kind=sample.BlockKind.CALENDAR),
    )
    event = sample.occurrence(1, LONG, sample.ON, place=LONG, description=LONG, contact=f"{LONG}@x.example")
    return compose(
        sample.publication(name=LONG, tagline=LONG, address=LONG),
        sample.issue(sample.section(1, LONG, *blocks), theme=theme),
        sample.VERSIONS,
        [event],
        settings=sample.settings(),
        on=sample.ON,
        nonce=sample.NONCE,
    )


def _page(browser: Any, data: RenditionData, width: int, scheme: str = "light") -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.set_content(data.html)
    return page


@pytest.mark.parametrize("width", [320, 375, 479, 480, 600, 679, 680, 1000])
def test_nothing_scrolls_sideways(
    browser: Any, looked_at: RenditionData, own_sample: RenditionData, long_words: RenditionData, width: int
) -> None:
    for data in (looked_at, own_sample, long_words):
        page = _page(browser, data, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1000])
def test_everything_can_be_read(
    browser: Any, looked_at: RenditionData, own_sample: RenditionData, width: int, scheme: str
) -> None:
    for data in (looked_at, own_sample):
        page = _page(browser, data, width, scheme)
        assert page.evaluate(FAINT) == []
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark is (scheme == "dark")
        page.context.close()


def test_without_its_sheet_it_can_still_be_read(browser: Any, looked_at: RenditionData) -> None:
    html = looked_at.html
    start, end = html.index("<style>\n:root"), html.index("</style>\n</head>")
    page = _page(browser, replace(looked_at, html=html[:start] + html[end + 8 :]), 375)
    assert page.evaluate(FAINT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.context.close()
