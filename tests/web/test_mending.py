"""Findings without the commands that the desk has no use for."""

from __future__ import annotations

import pytest

from newsletter.web.mending import for_programs, without_command


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


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "Issue 3 is sent; only a draft can be edited. Take it back with: newsletter issue reopen 3",
            "Issue 3 is sent; only a draft can be edited.",
        ),
        ("There is no source “x”; newsletter sources list shows their names and ids.", "There is no source “x”."),
        ("There is no issue yet. Make one with: newsletter issue new", "There is no issue yet."),
        ("There is no digest yet; see: newsletter digest set --help", "There is no digest yet."),
        ("Den Termin 5 gibt es nicht; sehen Sie nach mit: newsletter events list", "Den Termin 5 gibt es nicht."),
        (
            "The calendar of issue 1 has no occurrence “2”; those there are: newsletter issue events 1",
            "The calendar of issue 1 has no occurrence “2”.",
        ),
        (
            "Say when: --at 2026-12-04T09:00, or set a cadence first: newsletter cadence set RULE",
            "Say when: “at” 2026-12-04T09:00, or set a cadence first.",
        ),
        (
            "Issue 1 is a draft; approve it first, or add --approve.",
            "Issue 1 is a draft; approve it first, or add “approve”.",
        ),
        ("URL, or the page with --as-it-is: x.", "URL, or the page with “as_it_is”: x."),
        ("The word a--b stays, as -- does.", "The word a--b stays, as -- does."),
    ],
)
def test_a_program_is_told_of_fields_and_no_command(message: str, told: str) -> None:
    assert for_programs(message) == told
