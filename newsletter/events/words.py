"""The words of the grammar, in tables: months, weekdays, ordinals, hours, places. A language is added by its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

MONTHS: dict[str, int] = {
    "january": 1,
    "jan": 1,
    "february": 2,
    "feb": 2,
    "febr": 2,
    "march": 3,
    "mar": 3,
    "april": 4,
    "apr": 4,
    "may": 5,
    "june": 6,
    "jun": 6,
    "july": 7,
    "jul": 7,
    "august": 8,
    "aug": 8,
    "september": 9,
    "sept": 9,
    "sep": 9,
    "october": 10,
    "oct": 10,
    "november": 11,
    "nov": 11,
    "december": 12,
    "dec": 12,
}

WEEKDAYS: dict[str, int] = {
    "monday": 0,
    "mon": 0,
    "tuesday": 1,
    "tues": 1,
    "tue": 1,
    "wednesday": 2,
    "weds": 2,
    "wed": 2,
    "thursday": 3,
    "thurs": 3,
    "thur": 3,
    "thu": 3,
    "friday": 4,
    "fri": 4,
    "saturday": 5,
    "sat": 5,
    "sunday": 6,
    "sun": 6,
}

ORDINALS: dict[str, int] = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "last": -1,
}

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINAL_NAMES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

CLOCK_WORDS: dict[str, tuple[int, int]] = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)}

PLACE_WORDS = frozenset(
    [
        "barn", "bookshop", "bridge", "building", "cafe", "café", "campus", "center", "centre", "chapel",
        "church", "cinema", "clinic", "club", "college", "common", "commons", "court", "courthouse", "farm",
        "field", "fields", "gallery", "garden", "gardens", "green", "gym", "hall", "harbor", "harbour", "hotel",
        "house", "kitchen", "library", "market", "meadow", "mill", "mosque", "museum", "office", "park",
        "pavilion", "pier", "playground", "plaza", "pool", "pub", "quay", "restaurant", "river", "room",
        "rooms", "school", "shop", "square", "stadium", "station", "street", "studio", "synagogue", "temple",
        "theater", "theatre", "university", "village", "wharf", "workshop", "yard",
    ]
)  # fmt: skip
"""A last part after a comma, or what follows “at”, is a place when it ends with one of these."""

ONLINE = re.compile(
    r"\b(?:online|zoom|webinar|live\s?-?stream(?:ed|ing)?|virtual(?:ly)?|google meet|jitsi|ms teams)\b", re.I
)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


MONTH = any_of(MONTHS) + r"\b\.?"
WEEKDAY_STEM = any_of(WEEKDAYS)
WEEKDAY = WEEKDAY_STEM + r"\b\.?"
ORDINAL = any_of(ORDINALS) + r"\b"
DASH = r"(?:-|–|—|‐|‑|−)"
TO = rf"(?:\s*{DASH}\s*|\s+(?:to|through|thru|until|till)\s+)"
AND = r"(?:\s*(?:&|\+|,\s*and\b|,\s*&|\band\b)\s*)"


def month_of(word: str) -> int:
    """The number of a month's name or abbreviation."""
    return MONTHS[word.rstrip(".").lower()]


def weekday_of(word: str) -> int:
    """The number of a weekday's name, Monday being 0."""
    return WEEKDAYS[word.rstrip(".").lower()]
