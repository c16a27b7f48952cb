"""The subject of an issue, by its publication's convention, and the preheader that follows it in the list of mails."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from newsletter.errors import NewsletterError
from newsletter.model.issue import Block, Issue
from newsletter.model.publication import Publication
from newsletter.render.dates import short_date
from newsletter.text.characters import one_line

FIELDS = ("name", "date", "number", "title", "teasers")

_FIELD = re.compile(r"\{([^{}]*)\}")
_TEASER_RUN = re.compile(r"\{teaser\}(?:\s*[;,·|/]\s*(?:\{teaser\}|…|\.\.\.))*")
_BETWEEN = " \t:;,·|/–—-"


def check_convention(text: str) -> None:
    """Raise NewsletterError unless a subject can be made by this convention."""
    if not text.strip():
        raise NewsletterError(
            "The subject convention is empty; write for example {name} {date}: {teasers}.", where="subject"
        )
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise NewsletterError("The subject convention must be one line of plain text.", where="subject")
    for name in _FIELD.findall(_normal(text)):
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, 1)
            hint = f" Did you mean {{{near[0]}}}?" if near else ""
            known = ", ".join(f"{{{one}}}" for one in FIELDS)
            raise NewsletterError(
                f"The subject convention has no field {{{name}}}; there are {known}.{hint}", where="subject"
            )
    if set(_FIELD.sub("", text)) & set("{}"):
        raise NewsletterError(
            f"The subject convention “{text}” has a brace without its partner; write fields like {{name}}.",
            where="subject",
        )


def subject_of(publication: Publication, issue: Issue, *, on: date) -> str:
    """One header-safe line: the issue's own subject, else the convention; both may name the fields.

    In an issue's own subject, braces that name no field stay as they were typed.
    Raises NewsletterError where the convention cannot be used.
    """
    own = one_line(issue.subject or "")
    if not own:
        check_convention(publication.subject)
    values = {
        "name": one_line(publication.name),
        "date": short_date(on, publication.date_format, publication.language),
        "number": str(issue.number),
        "title": one_line(issue.title),
        "teasers": "; ".join(teasers(issue.outline.blocks())),
    }
    return one_line(_filled(_normal(own or publication.subject), values))


def teasers(blocks: Sequence[Block]) -> list[str]:
    """What the subject says of the blocks: by rank; those without one after them, in the order of the issue."""
    marked = [block for block in blocks if one_line(block.teaser or "")]
    marked.sort(key=lambda block: (block.teaser_rank is None, block.teaser_rank or 0))
    return [one_line(block.teaser or "") for block in marked]


def preheader_of(issue: Issue, headlines: Sequence[str]) -> str:
    """The line after the subject in the list of mails: the issue's own, else the teasers, else the first headlines."""
    if own := one_line(issue.preheader or ""):
        return own
    said = "; ".join(teasers(issue.outline.blocks()) or [one_line(one) for one in headlines[:3] if one_line(one)])
    return said if not said or said[-1] in ".!?…" else f"{said}."


def _normal(text: str) -> str:
    """`{teaser}; {teaser}; …` is another way to write `{teasers}`."""
    return _TEASER_RUN.sub("{teasers}", text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name in ("teasers", "title"):
        while not values[name] and f"{{{name}}}" in text:
            text = _without(text, f"{{{name}}}")
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def _without(text: str, name: str) -> str:
    """The text without a field, and without the signs that only led to it."""
    before, _, after = text.partition(name)
    if before[-1:] in ("(", "[") and after[:1] in (")", "]"):
        before, after = before[:-1], after[1:]
    before = before.rstrip(_BETWEEN)
    return before + after if before else after.lstrip(_BETWEEN)
