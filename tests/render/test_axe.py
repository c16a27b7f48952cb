"""Every theme's issues asked by axe-core in a real browser: light and dark, three widths, with pictures and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.render.themes import shipped_templates

pytestmark = pytest.mark.browser

PICTURE = shipped_templates() / "weekly" / "sample.png"
LOOKS = [(width, scheme) for width in (320, 375, 600) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def issues(specimens: ModuleType) -> dict[str, str]:
    """The HTML of each specimen by its name."""
    return {name: specimens.html_of(content) for name, content in specimens.specimens()}


@pytest.mark.parametrize("pictures", [True, False], ids=["pictures", "no-pictures"])
@pytest.mark.parametrize(
    "name", [f"{theme}{kind}" for theme in ("weekly", "digest", "letter") for kind in ("", "-rtl")]
)
def test_an_issue_has_no_fault_that_axe_knows(
    chromium: Any, axe: Callable[..., list[str]], issues: dict[str, str], name: str, pictures: bool
) -> None:
    context = chromium.new_context(viewport={"width": 600, "height": 900})
    page = context.new_page()
    page.route("**/*", lambda route: _answered(route, pictures))
    page.set_content(issues[name])
    looks = LOOKS if pictures and not name.endswith("-rtl") else (LOOKS[0], LOOKS[-1])
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        # A landmark for all of a mail is the client's own business: there it stands within a page.
        assert axe(page, region=False, landmark_one_main=False) == [], (width, scheme)
    context.close()


def test_axe_finds_a_fault_where_there_is_one(chromium: Any, axe: Callable[..., list[str]]) -> None:
    page = chromium.new_page()
    page.set_content('<html><body><img src="data:,"><p style="color: #ccc; background: #fff">faint</p></body></html>')
    found = " ".join(axe(page))
    assert all(rule in found for rule in ("image-alt", "color-contrast", "html-has-lang", "document-title"))
    page.close()


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_an_issue_of_thirty_items_has_none_either(
    chromium: Any, axe: Callable[..., list[str]], issues: dict[str, str], theme: str
) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 900}, color_scheme="dark", offline=True)
    page = context.new_page()
    page.set_content(issues[f"{theme}-thirty"])
    assert axe(page, region=False, landmark_one_main=False) == []
    context.close()


def _answered(route: Any, pictures: bool) -> None:
    if pictures and route.request.resource_type == "image":
        route.fulfill(body=Path(PICTURE).read_bytes(), content_type="image/png")
    else:
        route.abort()
