"""By what a person works the desk: a mouse, a finger, or forms alone."""

from __future__ import annotations

from typing import Any


class Hand:
    """What all of them do; `count` is how often something was pressed."""

    window: dict[str, Any] = {}

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, wanted: Any) -> None:
        """A button, a link, a summary."""
        wanted.click()
        self.count += 1

    def write(self, wanted: Any, text: str) -> None:
        """Into a field, which is pressed first."""
        self.press(wanted)
        wanted.fill(text)

    def tick(self, row: Any) -> None:
        """The box of a row in the queue."""
        row.get_by_role("checkbox").check()
        self.count += 1

    def turn_to(self, pane: str) -> None:
        """A tab, in a window that is not wide enough for all panes."""

    def block(self, title: str) -> Any:
        """A block of the outline by its title."""
        return self.page.locator("#outline .block", has=self.page.get_by_role("heading", name=title, exact=True))

    def move(self, title: str, *, before: str) -> None:
        """A block before another."""
        raise NotImplementedError


class Mouse(Hand):
    """A wide window, and dragging."""

    def move(self, title: str, *, before: str) -> None:
        """Drag it by its grip."""
        grip, target = self.block(title).locator("[data-grip]"), self.block(before)
        target.evaluate("one => one.scrollIntoView({ block: 'center' })")  # away from the edges, which scroll
        start, end = grip.bounding_box(), target.bounding_box()
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + 8, start["y"] + 20, steps=3)
        mouse.move(end["x"] + 8, end["y"] + 4, steps=8)
        mouse.up()
        self.count += 1


class Finger(Hand):
    """A tablet: everything is tapped, and dragged by touch."""

    window = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True}

    def press(self, wanted: Any) -> None:
        """Tap it."""
        wanted.tap()
        self.count += 1

    def tick(self, row: Any) -> None:
        """Tap its box."""
        self.press(row.locator(".pick"))

    def move(self, title: str, *, before: str) -> None:
        """Drag it by touch."""
        grip, target = self.block(title).locator("[data-grip]"), self.block(before)
        target.evaluate("one => one.scrollIntoView({ block: 'center' })")  # away from the edges, which scroll
        start, end = grip.bounding_box(), target.bounding_box()
        touch = self.page.context.new_cdp_session(self.page)

        def send(kind: str, y: float | None = None) -> None:
            points = [] if y is None else [{"x": start["x"] + start["width"] / 2, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        begin = start["y"] + start["height"] / 2
        send("touchStart", begin)
        for step in range(1, 9):
            send("touchMove", begin + (end["y"] + 4 - begin) * step / 8)
        self.page.wait_for_timeout(150)  # a finger that is lifted in mid-flight throws the page
        send("touchMove", end["y"] + 4)
        send("touchEnd")
        self.count += 1


class Plain(Hand):
    """Forms alone: a browser without script."""

    window = {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False}

    def move(self, title: str, *, before: str) -> None:
        """By the button, one place at a time: the next place of the last in a section is the first of the next one."""
        self.press(self.page.get_by_role("button", name=f"Move “{title}” down"))
