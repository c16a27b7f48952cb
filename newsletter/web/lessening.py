"""What a person may not do is not offered: the buttons of forms that need another role are hidden on their pages.

Here and not in each template, so that no page can forget it. The routes refuse them all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

_FORM = re.compile(r'<form\b(?=[^>]*\smethod="post")([^>]*)>.*?</form>', re.DOTALL)
_ACTION = re.compile(r'\saction="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')
_BUTTON = re.compile(r"<button\b([^>]*)>")
_FORM_ACTION = re.compile(r'\sformaction="([^"]*)"')
_OF_FORM = re.compile(r'\sform="([^"]*)"')


def lessened(page: str, may_post: Callable[[str], bool], *, here: str) -> str:
    """The page without the buttons of forms that this person may not post. `here`: where a form without action goes."""
    forbidden: set[str] = set()

    def ask(address: str) -> bool:
        return may_post(unescape(address).partition("#")[0].partition("?")[0] or here)

    def form(found: re.Match[str]) -> str:
        attributes = found[1]
        action = _ACTION.search(attributes)
        allowed = ask(action[1] if action else "")
        if not allowed and (name := _ID.search(attributes)):
            forbidden.add(name[1])
        return _BUTTON.sub(lambda button: _button(button, allowed=allowed), found[0])

    def _button(found: re.Match[str], *, allowed: bool) -> str:
        if _OF_FORM.search(found[1]):
            return found[0]  # it belongs to another form
        if own := _FORM_ACTION.search(found[1]):
            allowed = ask(own[1])
        return found[0] if allowed else f"<button hidden{found[1]}>"

    def outside(found: re.Match[str]) -> str:
        of, own = _OF_FORM.search(found[1]), _FORM_ACTION.search(found[1])
        if of is None or (not own and of[1] not in forbidden) or (own and ask(own[1])):
            return found[0]
        return f"<button hidden{found[1]}>"

    return _BUTTON.sub(outside, _FORM.sub(form, page))
