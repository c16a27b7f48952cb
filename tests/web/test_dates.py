"""Moments that the rooms below tell in UTC stand on a page as the clocks there show them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from newsletter.web import languages
from newsletter.web.dates import moments_here


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (
            "en",
            "It is asked again after 2026-11-22 12:45 UTC, because it failed.",
            "It is asked again after Sun 22 November 2026, 07:45, because it failed.",
        ),
        ("de", "Erst nach 2026-07-01 02:00 UTC.", "Erst nach Di., 30. Juni 2026, 22:00."),
        ("en", "At 2026-13-41 99:99 UTC.", "At 2026-13-41 99:99 UTC."),
        ("en", "Nothing to tell.", "Nothing to tell."),
    ],
)
def test_a_moment_in_utc_is_told_on_the_clocks_of_the_newsletter(language: str, text: str, told: str) -> None:
    languages.speak(language)
    try:
        assert moments_here(text, ZoneInfo("America/New_York")) == told
    finally:
        languages.speak("en")
