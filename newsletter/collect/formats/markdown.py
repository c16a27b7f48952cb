"""Markdown files with front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from newsletter.collect.dates import written_date
from newsletter.collect.formats.characters import decoded
from newsletter.collect.formats.entry import entry
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.text.characters import one_line
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain

_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*(?:\n|\Z)|\A\s*(\S[^\n]*)\n(?:=+|-+)[ \t]*(?:\n|\Z)")
_NAME = re.compile(r"[-_ ]+")


def read_markdown(document: Document) -> Found:
    """One file, one item. Front matter: title, url (or link), outlet, author, date, excerpt, language.

    Without a title the first heading is it. Raises Unreadable for front matter that is not YAML, or an empty file.
    """
    text = decoded(document.body)
    if not text.strip():
        raise Unreadable("The file is empty.")
    fields, body = _front_matter(text)
    title = one_line(_text(fields, "title"))
    if match := _HEADING.match(body):
        heading = plain(to_html(match[1] or match[2]))
        if not title or heading == title:
            title, body = heading, body[match.end() :]
    url = _text(fields, "url") or _text(fields, "link") or None
    item = entry(
        title=title or _from_name(document.name),
        url=url,
        base_url=None,
        summary_html=to_html(_text(fields, "excerpt") or _text(fields, "summary"), url),
        body_html=to_html(body, url),
        outlet=_text(fields, "outlet") or None,
        author=_text(fields, "author") or None,
        published=written_date(fields.get("date"), document.zone),
        dated=fields.get("date") not in (None, ""),
        language=_text(fields, "language") or None,
        guid=document.name,
    )
    return Found(items=(item,))


def _front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    import frontmatter
    import yaml

    try:
        fields, body = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark is not None else ""
        raise Unreadable(f"The front matter{where} is not valid YAML; put texts with a colon in quotes.") from cause
    return {str(name).lower(): value for name, value in fields.items()}, body


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _from_name(name: str) -> str:
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return _NAME.sub(" ", stem).strip().capitalize()
