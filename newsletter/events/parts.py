"""What follows the date of a pasted line: title, description, place, link, contact, online or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.events.languages import PLACE_BEGINS, PLACE_WORDS
from newsletter.events.links import Linked
from newsletter.events.patterns import lazily
from newsletter.events.words import DASH, ONLINE

_ABBREVIATION = lazily(r"(?:\b(?:dr|mr|mrs|ms|st|prof|rev|no|vs|jr|sr|e\.g|i\.e|approx|dept|mt|ft)|\b[A-Z])$", re.I)
_BREAK = lazily(rf":\s+|\s+{DASH}+\s+|—|[.!?]\s+(?=[\"“‘(]?[A-Z0-9])|;\s+|\s\|\s")
_CALL = lazily(
    r"(?:(?<=[,;(–—-])|(?<=[,;(–—-]\s)|(?<=\s))"
    r"(?:please\s+)?(?:register|more info(?:rmation)?|more|info(?:rmation)?|details|tickets?|sign[ -]?up|join(?: us)?|"
    r"rsvp|see|book|contact|write to|e-?mail|inscripci[óo]n(?:es)?|inscr[íi]b\w+|reservas?|entradas|más información|"
    r"(?:s['’])?inscri\w+|réserv\w+|billets|plus d['’]infos?|anmeld\w+|karten|mehr|inscriç\w+|inscreva-se|"
    r"ingressos|bilhetes|mais informações|contacto|contato|kontakt|reservar)\b(?P<between>[^.;]{0,40})$",
    re.I,
)
_IN = r"(?:(?:at|in|@|en|im|em|no|na|à|au|aux|am|auf|dans)\s+)"
_ARTICLES = lazily(r"^(?:(?:the|la|el|le|les|l['’]|o|a|der|die|das|dem|den)\s*\b)")
_COMPOUND = lazily(r"[a-zäöüß]{3,}(?:haus|platz|halle|saal|kirche|schule|heim|zentrum|bibliothek|museum|garten)$")
_AT = lazily(
    rf"(?:,\s*|\s+){_IN}(?P<place>(?:(?:the|la|el|le|les|der|dem|den|l['’])\s*)?[^,.;:()]{{3,60}})$",
)
_COMMA = lazily(r",\s+(?P<part>[^,]{3,60})$")
_PARENTHESIS = lazily(rf"\s*\({_IN}?(?P<place>[^()]{{3,80}})\)$")
_TWO_COMMAS = lazily(r",\s+(?P<part>[^,]{3,60}),\s+(?P<town>[^,]{3,60})$")
_ONLINE_TAIL = lazily(
    r"\s*(?:[,;(–—-]\s*|\s)(?:(?:held\s+)?(?:online|virtual(?:ly)?|en línea|en ligne)|"
    r"(?:on|via|by|over|por|par|sur|über|pelo|per)\s+zoom|zoom)(?:\s+only)?\s*\)?$",
    re.I,
)
_AND_ONLINE = lazily(
    r"\s*(?:,|and|&|\+|/|or|y|et|und|e)\s*(?:online|en línea|en ligne|(?:on|via|por|sur|über|pelo)?\s*zoom)$", re.I
)
_EDGES = " \t,;:.|/–—-·"


@dataclass(frozen=True)
class Parts:
    """The text of a line, taken apart."""

    title: str
    description: str
    """Clean HTML."""
    place: str | None
    online: bool
    url: str | None
    contact: str | None


def parts_of(rest: Linked, *, whole: Linked, title: str | None = None) -> Parts:
    """Take the text beside the date apart. `whole` is the line with all its links.

    With a `title` (it stood before the date) all of `rest` is description, unless it is a place.
    """
    rest = _trimmed(rest)
    if title is None:
        head, tail, after_colon = _split(rest)
    else:
        head, tail, after_colon = Linked(title), rest, False
    name, place = _place(head.text)
    lead = re.fullmatch(rf"{_IN}(?P<place>.+)", head.text) if title is None and after_colon else None
    if lead and (_is_place(lead["place"]) or _is_name(lead["place"])):  # “in the church hall: Advent concert”
        head, tail, after_colon = _split(tail)
        name, place = head.text, lead["place"]
    if place is None and not after_colon and not re.search(r"[.;:?!|]", tail.text):
        tail, place = _place_in(tail)
    if place is not None:
        place = _AND_ONLINE.sub("", place).strip(_EDGES) or None
    urls = [link.target for link in whole.links if not link.target.lower().startswith("mailto:")]
    mails = [link.target[7:].split("?")[0] for link in whole.links if link.target.lower().startswith("mailto:")]
    return Parts(
        title=name.strip(_EDGES) or name.strip(),
        description=tail.html().replace(" \n", "<br>").replace("\n", "<br>"),
        place=place,
        online=bool(ONLINE.search(whole.text)),
        url=urls[0] if urls else None,
        contact=mails[0] if mails else None,
    )


def _trimmed(rest: Linked) -> Linked:
    text = rest.text
    start, end = 0, len(text)
    while start < end and text[start] in _EDGES + ")":
        start += 1
    if text.count(")", start) > text.count("(", start) and text.endswith(")"):
        end -= 1
    while end > start and text[end - 1] in " \t,;:|/–—-(":
        end -= 1
    return rest.part(start, end)


def _split(rest: Linked) -> tuple[Linked, Linked, bool]:
    """The title and what follows it, at the first colon, dash, full stop, link or “register …”; whether at a colon."""
    text = rest.text
    cut, resume = _break(rest)
    if text[cut : cut + 1] == ":" and (call := _CALL.search(text[:cut])):
        before = text[: call.start()].rstrip()
        if before.endswith((",", ";", "(", ".", "–", "—")):
            cut = resume = call.start()
    for link in rest.links:
        shown = text[link.start : link.end]
        if link.start >= cut or not (shown.startswith(("http", "www.")) or "@" in shown):
            continue  # a headline that is a link stays a headline
        if call := _CALL.search(text[: link.start]):
            cut = resume = call.start()
        else:
            cut, resume = link.start, link.start if link.target.startswith("mailto:") else link.end
        break
    title, tail = rest.part(0, cut), rest.part(resume)
    title = _trimmed(Linked(title.text.rstrip(" (["), title.links))
    if title.text.endswith(".") and not _ABBREVIATION.search(title.text[:-1]):
        title = title.part(0, len(title.text) - 1)
    tail = _trimmed(tail)
    if re.fullmatch(r"[\W_]*", tail.text) or any(
        (link.start, link.end) == (0, len(tail.text.rstrip("."))) and tail.text.startswith("http")
        for link in tail.links
    ):
        tail = Linked("")
    return title, tail, text[cut : cut + 1] == ":"


def _break(rest: Linked) -> tuple[int, int]:
    """Where the title ends and the description begins, by punctuation; twice the end where there is none."""
    text = rest.text
    for match in _BREAK.finditer(text):
        mark = text[match.start()]
        if mark == "." and _ABBREVIATION.search(text[: match.start()]):
            continue
        if any(link.start < match.end() and match.start() < link.end for link in rest.links):
            continue
        before = text[: match.start()]
        if before.count("(") > before.count(")"):
            continue
        if before.strip(_EDGES):
            return match.start() + (1 if mark in "!?" else 0), match.end()
    return len(text), len(text)


def _place(title: str) -> tuple[str, str | None]:
    """The title without the place at its end, and the place."""
    bare = _ONLINE_TAIL.sub("", title)
    if len(bare.strip(_EDGES)) >= 3:
        bare = re.sub(r"\s*(?:\band\b|[&+,])$", "", bare)
        title = bare
    if (match := _PARENTHESIS.search(title)) and _is_place(match["place"].split(", ")[0]):
        return title[: match.start()], match["place"]
    if (match := _COMMA.search(title)) and _is_place(match["part"]):
        return title[: match.start()], re.sub(f"^{_IN}", "", match["part"])
    if (match := _TWO_COMMAS.search(title)) and _is_place(match["part"]) and _is_name(match["town"]):
        return title[: match.start()], re.sub(f"^{_IN}", "", f"{match['part']}, {match['town']}")
    if (match := _AT.search(title)) and (
        _is_place(match["place"]) or (re.match(r"[,\s]*(?:at|in|@)\s", match.group()) and _is_name(match["place"]))
    ):
        return title[: match.start()], match["place"]
    return title, None


def _place_in(tail: Linked) -> tuple[Linked, str | None]:
    """A sentence without the place it names, or ends with, and that place."""
    words = re.sub(f"^{_IN}", "", tail.text.strip(_EDGES))
    parts = words.split(", ")
    if len(words) <= 60 and _is_place(parts[-1]) and all(_is_place(part) or _is_name(part) for part in parts[:-1]):
        return Linked(""), words
    if (match := _COMMA.search(tail.text)) and _is_place(match["part"]):
        return tail.part(0, match.start()), match["part"]
    return tail, None


def _is_place(words: str) -> bool:
    bare = re.sub(r"\W+$", "", _AND_ONLINE.sub("", words)).lower()
    first = _ARTICLES.sub("", bare).split(" ", 1)[0]
    return bare.rsplit(" ", 1)[-1] in PLACE_WORDS or first in PLACE_BEGINS or bool(_COMPOUND.search(bare))


def _is_name(words: str) -> bool:
    """Whether it is written like a name: “Old Ferry House”, “the Weir”; not “dawn”, “the end of June”."""
    parts = _ARTICLES.sub("", words).split()
    small = ("of", "and", "&", "on", "de", "del", "la", "du", "des", "do", "da", "y", "et", "und", "e")
    return bool(parts) and all(part[:1].isupper() or part[:1].isdigit() or part in small for part in parts)
