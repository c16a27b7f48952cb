"""The preview of a mail in a browser: its pictures, its dark look, and nothing of it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ..warm import run

pytestmark = pytest.mark.browser

PASSWORD = "ferry-house-12"


def _newsletter(desk: Any, *words: object) -> None:
    run("--workspace", desk.workspace, *words).check_returncode()


def test_a_preview_shows_pictures_of_ours_and_is_dark_when_it_is_asked_to_be(
    chromium: Any, desk: Any, tmp_path: Path
) -> None:
    picture = tmp_path / "square.png"
    Image.new("RGB", (400, 200), "#a8321a").save(picture)
    _newsletter(desk, "issue", "new")
    _newsletter(desk, "issue", "image", 1, picture, "--alt", "The square")
    page = chromium.new_page(viewport={"width": 800, "height": 900}, color_scheme="light")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(desk.link)
    page.get_by_label("Your name").fill("Edda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Open the desk").click()

    def seen(query: str) -> tuple[int, str, int]:
        """The pixels of the picture, the ground of the mail, and how wide it is."""
        page.set_viewport_size({"width": 375, "height": 700})
        page.goto(f"{desk.url}/issues/1/preview.html?{query}")
        image = page.locator("img[alt='The square']")
        ground = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
        wide = page.locator("html").evaluate("one => one.scrollWidth")
        return image.evaluate("one => one.naturalWidth"), ground, wide

    assert seen("") == (400, "rgb(255, 255, 255)", 375)
    assert seen("dark=1") == (400, "rgb(23, 21, 18)", 375)
    assert seen("images=0")[0] == 0
    assert complaints == []
    page.close()
