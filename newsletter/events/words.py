"""The words of the grammar as patterns, made from the tables of `languages`; and names for our own sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from newsletter.events import languages
from newsletter.events.patterns import lazily

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
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _numbered(tables: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {word: number for rows in tables.values() for number, row in enumerate(rows) for word in row.split()}


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


MONTHS = {word: number + 1 for word, number in _numbered(languages.MONTHS).items()} | languages.RISKY_MONTHS
_LONG_WEEKDAYS = _numbered(languages.WEEKDAYS)
_SHORT_WEEKDAYS = {
    word: number for word, number in _numbered(languages.SHORT_WEEKDAYS).items() if word not in _LONG_WEEKDAYS
}
_PLURAL_WEEKDAYS = _numbered(languages.PLURAL_WEEKDAYS)
WEEKDAYS = {**_SHORT_WEEKDAYS, **_LONG_WEEKDAYS, **_PLURAL_WEEKDAYS, "mar": 1}
ORDINALS = {
    word: number for table in languages.ORDINALS.values() for number, row in table.items() for word in row.split()
}

_SAFE_MONTH = any_of(word for word in MONTHS if word not in languages.RISKY_MONTHS)
_RISKY_MONTH = (
    rf"(?:(?<=\bde\s){any_of(languages.RISKY_MONTHS)}\b"
    rf"|(?<=\d\s){any_of(languages.RISKY_MONTHS)}(?=\.|\s*[:,–-]|\s+(?:de\s+)?20\d\d|\s+[àa]s\s))"
)
MONTH = rf"(?:{_SAFE_MONTH}(?:\b|(?=\d{{1,2}}\b))|{_RISKY_MONTH})\.?"
ARTICLE = r"(?:(?:(?:el|los|o|os)\s+)?d[ií]as?\s+|(?:the|le|les|el|los|den|dem|o|os)\s+)"
_BEFORE_NUMBER = (
    rf"(?=\.?(?:\s*[,/&–-]\s*|\s+)(?:(?:and|to|e|et|y|und|bis|au?)\s+)?{ARTICLE}?(?:\d|[^\W\d]{{2,4}}\.?,?\s*\d))"
)
# “mar 5 dic” is a Tuesday, “Mar 5” is in March.
_MAR = r"mar(?=\.?,?\s+(?:le\s+)?\d{1,2}(?:er)?\s+(?:de\s+)?(?!may\b)" + _SAFE_MONTH + r"\b)"
WEEKDAY_STEM = any_of(_LONG_WEEKDAYS)
WEEKDAY = rf"(?:{WEEKDAY_STEM}\b|{any_of(_SHORT_WEEKDAYS)}\b{_BEFORE_NUMBER}|{_MAR})\.?"
PLURAL_WEEKDAY = any_of(_PLURAL_WEEKDAYS) + r"\b"
ORDINAL = rf"(?:{any_of(ORDINALS)}\b|[1-5]\.?[ºª]|[1-5]\.(?=\s|$))"
DASH = r"(?:-|–|—|‐|‑|−)"
TO_WORD = r"(?:to|through|thru|until|till|al|au|à|bis(?:\s+zum)?|até|a)"
TO = rf"(?:\s*{DASH}\s*|\s+{TO_WORD}\s+)"
AND_WORD = r"(?:and|y|et|und|e)"
AND = rf"(?:\s*(?:&|\+|,\s*{AND_WORD}\b|,\s*&|\b{AND_WORD}\b)\s*)"
UNTIL_WORD = (
    r"(?:until|till|through|ends(?:\s+on)?|ending|up to|hasta(?:\s+el)?(?:\s+d[ií]a)?|jusqu['’]au|jusqu['’]à|"
    r"bis(?:\s+(?:zum|einschließlich))?|até(?:\s+(?:ao?|o))?(?:\s+dia)?)"
)

CLOCK_WORDS = languages.CLOCK_WORDS

ONLINE = lazily(
    r"\b(?:online|zoom|webinar|live\s?-?stream(?:ed|ing)?|virtual(?:ly)?|google meet|jitsi|ms teams|en línea|en ligne|"
    r"visioconférence|videollamada|videokonferenz|videoconferência)\b",
    re.I,
)


def end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what a pattern takes at a position ends; the position itself where it takes nothing."""
    match = pattern.match(text, at)
    return match.end() if match else at


def month_of(word: str) -> int:
    """The number of a month's name or abbreviation."""
    return MONTHS[word.rstrip(".").lower()]


def ordinal_of(word: str) -> int:
    """1 of `first`, `1st`, `1.` or `1º`; -1 of `last`."""
    found = ORDINALS.get(word.lower())
    return int(word[0]) if found is None else found


def weekday_of(word: str) -> int:
    """The number of a weekday's name, also in the plural, Monday being 0."""
    return WEEKDAYS[word.strip().rstrip(".").lower()]


_ANY_WEEKDAY = lazily(rf"(?<!\w){any_of(WEEKDAYS)}(?!\w)", re.I)


def weekdays_in(words: str) -> list[int]:
    """The numbers of all weekdays named in a piece that is known to consist of them, in their order."""
    return [weekday_of(word) for word in _ANY_WEEKDAY.findall(words)]
