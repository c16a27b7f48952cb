"""Findings without the commands that the desk has no use for."""

from __future__ import annotations

import pytest

from newsletter.web.mending import without_command


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("The subject is empty: newsletter issue set 3 --subject TEXT", "The subject is empty."),
        ("The issue is empty: fill it with newsletter issue fill 3", "The issue is empty."),
        (
            "“Fair” went out in issue 1 and 2: newsletter issue remove 3 5",
            "“Fair” went out in issue 1 and 2.",
        ),
        (
            "“Fair” was over on 2026-12-01, before this issue: newsletter events edit 5, or hide it.",
            "“Fair” was over on 2026-12-01, before this issue.",
        ),
        ("“{{ x }}” will be mailed: mend it (newsletter issue edit 3 5).", "“{{ x }}” will be mailed: mend it."),
        (
            "The section “Town” is empty and is left out: add something to it, or newsletter issue section remove 3",
            "The section “Town” is empty and is left out: add something to it.",
        ),
        (
            "The subject has 140 characters, and programs show the first 40 to 70: take a teaser out "
            "(newsletter issue edit 3 BLOCK --teaser ''), or write one: newsletter issue set 3 --subject TEXT",
            "The subject has 140 characters, and programs show the first 40 to 70: take a teaser out, or write one.",
        ),
        ('There is no sender: newsletter publication set from="Name <desk@example.org>"', "There is no sender."),
        (
            "“A newsletter issue of ours” has no link: newsletter issue edit 3 5 --url URL",
            "“A newsletter issue of ours” has no link.",
        ),
        (
            "It is asked again after 2026-11-22 09:23 UTC; --force asks it now.",
            "It is asked again after 2026-11-22 09:23 UTC.",
        ),
        ("Sie wird nach 09:23 UTC wieder gefragt; --force fragt sie jetzt.", "Sie wird nach 09:23 UTC wieder gefragt."),
        ("The HTML part is too long.", "The HTML part is too long."),
        ("“newsletter issue set” is said.", "“newsletter issue set” is said."),
    ],
)
def test_a_message_is_shown_without_its_command(message: str, shown: str) -> None:
    assert without_command(message) == shown
