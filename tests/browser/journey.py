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


def origin_of(page: Any) -> str:
    """Scheme, host and port of the page."""
    found = re.match(r"https?://[^/]+", page.url)
    assert found
    return found[0]


def post(page: Any, path: str, **form: str) -> Any:
    """Send a form of the desk as this person."""
    origin = origin_of(page)
    answer = page.request.post(f"{origin}{path}", form=form, headers={"origin": origin})
    assert answer.ok, answer.status
    return answer


def pick(page: Any, *titles: str) -> None:
    """Pick these stories in the queue."""
    for title in titles:
        key = page.locator(".story", has_text=title).get_attribute("id")
        post(page, "/queue", do="pick", item=key.removeprefix("s-"))


def begin_issue(page: Any, url: str, *texts: str) -> int:
    """A new issue with all that is picked, or with texts under these headlines, opened on the desk; its number."""
    page.goto(f"{url}/issues")
    number = int(re.search(r"issue=(\d+)", post(page, "/issues", origin="none").url)[1])  # type: ignore[index]
    for text in texts:
        post(page, f"/issues/{number}/blocks", headline=text, text="The town talks of it.")
    if not texts:
        post(page, f"/issues/{number}/fill")
    page.goto(f"{url}/?issue={number}")
    return number


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
