"""The guard of series: titles with different numbers of a part, an episode or a day, or dates, are two stories."""

from __future__ import annotations

import re

_MARKS = (
    r"part|pt|episode|ep|day|week|issue|no|nr|number|vol|volume|chapter|season|series|round|lesson|session|edition|"
    r"teil|folge|tag|woche|ausgabe|kapitel|partie|épisode|jour|numéro|parte|episodio|capítulo|día|número"
)
_NUMBER = r"\d{1,5}|[ivxlc]+|one|two|three|four|five|six|seven|eight|nine|ten"
_MARKED = re.compile(rf"\b({_MARKS})\b\.?\s*#?\s*({_NUMBER})\b", re.IGNORECASE)
_HASH = re.compile(r"#\s*(\d{1,5})\b")
_LAST = re.compile(r"(?:\s|\()(\d{1,4}|[IVXLC]+)(?:\s*(?:/|of)\s*\d+)?[).:!]*$")
_OF = re.compile(r"\b(\d{1,3})\s*(?:/|of)\s*\d{1,3}\b")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?({_MONTHS})[a-z]*\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_MONTHS})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?)\b")
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")
_WORDS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def differ(one: str, other: str) -> bool:
    """Whether two titles are different parts of a series, or name different dates."""
    if _parts(one) != _parts(other):
        return True
    ours, theirs = _dates(one), _dates(other)
    return bool(ours and theirs and ours != theirs)


def _parts(title: str) -> frozenset[int]:
    found = {_number(match[2]) for match in _MARKED.finditer(title)}
    found |= {int(match[1]) for match in _HASH.finditer(title)}
    found |= {int(match[1]) for match in _OF.finditer(title)}
    if (last := _LAST.search(title)) and not _YEAR.fullmatch(last[1]):
        dated = any(match.end() >= last.end(1) for match in _MONTH_DAY.finditer(title))
        found |= set() if dated else {_number(last[1])}
    return frozenset(number for number in found if number)


def _dates(title: str) -> frozenset[str]:
    found = {f"{int(match[1])} {match[2].lower()}" for match in _DAY_MONTH.finditer(title)}
    found |= {f"{int(match[2])} {match[1].lower()}" for match in _MONTH_DAY.finditer(title)}
    found |= {match[1] for match in _NUMERIC.finditer(title)}
    return frozenset(found | {match[1] for match in _YEAR.finditer(title)})


def _number(text: str) -> int:
    text = text.lower()
    if text.isdigit():
        return int(text)
    if text in _WORDS:
        return _WORDS.index(text)
    total = 0
    for sign, following in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN[sign]
        total += -value if following and _ROMAN[following] > value else value
    return total
