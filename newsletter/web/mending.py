"""Findings in the words of the desk: what is wrong, without the command that would mend it elsewhere."""

from __future__ import annotations

import re

_COMMAND = r"newsletter (?:issue|events|publication|sources|items|subscribers|theme|digest|cadence) [a-z]"
_LEADS = r"\b(?:with|see|those there are|mit|welche es gibt):\s"
_ASIDE = re.compile(rf"\s*\({_COMMAND}[^()]*\)")
_BEGIN = re.compile(rf"{_COMMAND}")
_OPTION = re.compile(r"; --[a-z-]+ [^;.]*")
_BEFORE = re.compile(rf"(?:[:;.]\s|,\s+(?:or|oder)\s+|\s(?:or|oder)\s+)(?:[^:;.,]*(?:\s|{_LEADS}))?$")
_NAMED = re.compile(r"(?<!\S)--([a-z][a-z-]*)")


def without_command(message: str) -> str:
    """A message of a check without the command it ends with; other messages as they are.

    On the page of the desk the link to the block, or the field itself, is what a person needs.
    """
    text = _OPTION.sub("", _ASIDE.sub("", message))
    for found in _BEGIN.finditer(text):
        before = text[: found.start()]
        if before.count("“") > before.count("”"):
            continue  # a headline may well speak of a newsletter
        if ends := _BEFORE.search(before):
            before = before[: ends.start()]
        return f"{before.rstrip(' :;,.')}."
    return text


def for_programs(message: str) -> str:
    """A message without its command, and with the names of fields in the place of options."""
    return _NAMED.sub(lambda found: f"“{found[1].replace('-', '_')}”", without_command(message))
