"""An issue as anybody may read it: what was mailed, without anything of a reader in it, between its neighbours."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape

from newsletter.model.merge import SLOTS, token
from newsletter.model.personal import NOBODY, told
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.render.words import words

ARCHIVE = "/archive"
"""Where the public pages are, below the base URL."""

_PREHEADER = re.compile(r'<div\b[^>]*class="preheader"[^>]*>(.*?)</div>', re.DOTALL)
_PICTURE = re.compile(r'<img\b[^>]*?\ssrc="(https?://[^"]*)"')
_PADDING = re.compile(r"[\s\u00a0\u2007\u034f]+")
_LOOK = (
    "margin:0;padding:14px 20px;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;"
    "text-align:center;color:#625c52"
)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The numbers of the public issues before and after one."""

    older: int | None = None
    newer: int | None = None


def archive_url(root: str, number: int) -> str:
    """The stable public address of an issue; `root` is where the public pages of its newsletter begin."""
    return f"{root}{ARCHIVE}/{number}"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What an archive sorts by: a tag or a section."""

    name: str
    path: str
    """Behind the root of the newsletter."""


def excerpt(data: RenditionData) -> str:
    """What the list of mails shows after the subject, as one line of plain text."""
    found = _PREHEADER.search(told(data.html, data.nonce, data.personal, NOBODY, escape))
    return _PADDING.sub(" ", unescape(re.sub(r"<[^>]*>", "", found[1]))).strip() if found else ""


def archived(
    data: RenditionData,
    number: int,
    neighbours: Neighbours,
    *,
    publication: Publication,
    at: datetime,
    changed: datetime | None = None,
    tags: Sequence[Shelf] = (),
    note: str | None = None,
) -> str:
    """The public page of an issue, in its own look: personal places as for somebody unknown, no reader's link."""
    language, root = publication.language, data.base_url + publication.path
    html = told(data.html, data.nonce, data.personal, NOBODY, escape)
    gone = [re.escape(token(data.nonce, slot)) for slot in SLOTS]
    gone.append(re.escape(escape(archive_url(root, number))) + '"')  # the reader is here already
    html = re.sub(rf'<a\b[^>]*href="[^"]*(?:{"|".join(gone)})[^>]*>.*?</a>', "", html, flags=re.DOTALL)
    for slot in SLOTS:
        html = html.replace(token(data.nonce, slot), "")
    html = _PREHEADER.sub("", html).replace(escape(words(language)["why"]), "", 1)  # who reads this may be anybody
    head, around = _head(data, number, publication, (at, changed or at), tags), _around(neighbours, publication)
    under = f"<footer>{_about(tags, publication)}{_around(neighbours, publication, nav=False)}</footer>"
    dated = f'<p class="page label" style="{_LOOK}">{escape(note)}</p>' if note else ""
    html = html.replace("</head>", f"{head}</head>", 1)
    html = re.sub(r"(<body\b[^>]*>)", lambda found: f"{found[1]}<header>{around}{dated}</header>", html, count=1)
    html = html.replace('role="article" aria-roledescription="email"', 'role="main"', 1)  # it is a page now
    return html.replace("</body>", f"{under}</body>", 1)


def _head(
    data: RenditionData, number: int, publication: Publication, when: tuple[datetime, datetime], tags: Sequence[Shelf]
) -> str:
    name, root = publication.name, data.base_url + publication.path
    url = archive_url(root, number)
    picture = _PICTURE.search(data.html)
    about = {
        "og:type": "article",
        "og:site_name": name,
        "og:title": data.subject,
        "og:url": url,
        "og:description": excerpt(data),
        "og:locale": publication.language.replace("-", "_"),
        "article:published_time": when[0].isoformat(),
        "article:modified_time": when[1].isoformat(),
    }
    if picture:
        about["og:image"] = unescape(picture[1])
    metas = "".join(f'<meta property="{key}" content="{escape(value)}">\n' for key, value in about.items())
    metas += "".join(f'<meta property="article:tag" content="{escape(tag.name)}">\n' for tag in tags)
    known: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": data.subject,
        "description": about["og:description"],
        "url": url,
        "datePublished": when[0].isoformat(),
        "dateModified": when[1].isoformat(),
        "inLanguage": publication.language,
        "isPartOf": {"@type": "Periodical", "name": name, "url": f"{root}{ARCHIVE}"},
        "issueNumber": str(number),
        "publisher": {"@type": "Organization", "name": name},
    }
    if tags:
        known["keywords"] = [tag.name for tag in tags]
    if picture:
        known["image"] = about["og:image"]
    told_to_machines = json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")  # nothing may end the element
    return (
        f'<script type="application/ld+json">{told_to_machines}</script>\n'
        f'<link rel="canonical" href="{escape(url)}">\n'
        f'<link rel="alternate" type="application/atom+xml" href="{publication.path}/feed.atom" '
        f'title="{escape(name)}">\n'
        f"{metas}"
    )


def _about(tags: Sequence[Shelf], publication: Publication) -> str:
    if not tags:
        return ""
    links = ", ".join(
        f'<a href="{escape(publication.path + tag.path)}" rel="tag" style="color:#625c52">{escape(tag.name)}</a>'
        for tag in tags
    )
    said = escape(words(publication.language)["tags"])
    return f'<nav class="page label" aria-label="{said}" style="{_LOOK}">{said}: {links}</nav>'


def _around(neighbours: Neighbours, publication: Publication, *, nav: bool = True) -> str:
    said, root = words(publication.language), publication.path + ARCHIVE
    links = [
        (f"{root}/{neighbours.older}" if neighbours.older else "", "prev", said["older"]),
        (root, "", said["all_issues"]),
        (f"{root}/{neighbours.newer}" if neighbours.newer else "", "next", said["newer"]),
    ]
    shown = " &ensp; ".join(
        f'<a href="{href}"{f" rel={rel}" if rel else ""} style="color:#625c52">{escape(text)}</a>'
        for href, rel, text in links
        if href
    )
    opened, closed = (f'nav aria-label="{escape(said["all_issues"])}"', "nav") if nav else ("p", "p")
    return f'<{opened} class="page label" style="{_LOOK}">{shown}</{closed}>'
