"""Steps that several journeys through the desk share."""

from __future__ import annotations

import re
from typing import Any

PASSWORD = "ferry-house-12"


def enter(page: Any, desk: Any) -> None:
    """Set the password by the one-time link."""
    page.goto(desk.link)
    page.get_by_label("Your name").fill("Edda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Open the desk").click()


def compose(page: Any, *titles: str) -> None:
    """Begin an issue with these stories."""
    from playwright.sync_api import expect

    page.get_by_role("button", name="Begin a new issue").click()
    expect(page.locator("#outline .issue-head")).to_be_visible()
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    for title in titles:
        row = page.locator(".story", has_text=title)
        answer = page.request.post(
            f"{origin[0]}/queue",
            form={"do": "pick", "item": row.get_attribute("id").removeprefix("s-")},
            headers={"origin": origin[0]},
        )
        assert answer.ok, answer.status
    page.goto(f"{origin[0]}/")
    page.get_by_role("button", name=re.compile("^Fill with")).click()
    expect(page.locator("#outline .block h4").first).to_have_text(titles[0])


def open_block(page: Any, title: str) -> None:
    """Open a block for editing."""
    from playwright.sync_api import expect

    page.get_by_role("link", name=f"Edit “{title}”").click()
    expect(page.locator(".block.open")).to_be_visible()


def complaints_of(page: Any) -> list[str]:
    """What the browser complains about: a policy that was broken, a script that failed."""
    complaints: list[str] = []

    def heard(message: Any) -> None:
        text = message.text
        if message.type == "error" and "Failed to load resource" not in text:  # of an answer that is no page
            complaints.append(text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def save_state(page: Any) -> Any:
    """The cookies of a person, for another window of theirs."""
    state = page.context.storage_state()
    state["origins"] = []
    return state
