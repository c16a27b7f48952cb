"""What a mail program puts over a message that it forwards: `From:`, `Date:`, `Subject:` … and a line before them."""

from __future__ import annotations

import re

from newsletter.text.characters import one_line
from newsletter.text.html import clean
from newsletter.text.plain import plain

_SUBJECT = re.compile(r"^(?:\s*(?:fwd?|fw|wg|re|aw|tr|rv|enc)\s*:)+\s*", re.IGNORECASE)
_NAMES = (
    r"from|date|sent|subject|to|cc|reply-to|von|datum|gesendet|betreff|an|de|objet|envoyé|à|asunto|enviado|para|fecha"
)
_FIELD = re.compile(rf"(?:^|(?<=\s))({_NAMES})\s?:(?=\s)", re.IGNORECASE)
_LINE = re.compile(rf"[ \t>*]*\*?(?:{_NAMES})\s?:\*?(?=\s|$)", re.IGNORECASE)
_MARK = re.compile(
    r"[ \t>]*(?:-{2,}.*(?:forward|original message|weitergeleitet|reenviado|transféré).*|begin forwarded message:?)\s*",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:^|(?<=\s))\*?(?:from|von|de)\s?:\*?\s+[\"“]?([^<>\n\"”@:]{2,80}?)[\"”]?\s*(?:<|\[mailto|\(|$|[\w.+-]+@)",
    re.IGNORECASE | re.MULTILINE,
)
_FEWEST = 3
_LONGEST = 800


def without_marks(subject: str) -> str:
    """A subject without Fwd: and Re:."""
    return _SUBJECT.sub("", subject)


def original_sender(envelope: str) -> str | None:
    """Who wrote what was forwarded, where its envelope names somebody."""
    match = _FROM.search(envelope)
    return one_line(match[1]).strip("* ") or None if match else None


def opened_text(text: str) -> tuple[str, str]:
    """A plain text without the envelope of what it forwards, and that envelope."""
    lines = text.split("\n")
    for start, line in enumerate(lines):
        marked = bool(_MARK.fullmatch(line))
        if not (marked or _LINE.match(line)):
            continue
        end = start + 1
        while end < len(lines) and (_LINE.match(lines[end]) or (not lines[end].strip(" >") and end - start < 3)):
            end += 1
        if sum(1 for one in lines[start:end] if _LINE.match(one)) >= _FEWEST:
            return "\n".join([*lines[:start], "", *lines[end:]]).strip("\n"), "\n".join(lines[start:end])
    return text, ""


def opened_html(html: str) -> tuple[str, str]:
    """The same of clean HTML."""
    import lxml.html

    root = lxml.html.fragment_fromstring(html, create_parent="div")
    blocks = [
        one for one in root.iter("p", "li", "blockquote") if not any(True for _ in one.iterdescendants("p", "li"))
    ]
    told: list[str] = []
    for block in blocks:
        words = plain(lxml.html.tostring(block, encoding="unicode", with_tail=False))
        has_field = _FIELD.search(words) is not None
        if _MARK.fullmatch(words[:200]) and not has_field:
            block.drop_tree()
        elif len(words) < _LONGEST and has_field and (_LINE.match(words) or _MARK.match(words[:60])):
            told.append(words)
            block.set("class", "envelope")
        elif told:
            break
    if sum(len({name.lower() for name in _FIELD.findall(line)}) for line in told) < _FEWEST:
        return html, ""
    for block in root.xpath("//*[@class='envelope']"):
        block.drop_tree()
    inner = "".join([root.text or "", *(lxml.html.tostring(one, encoding="unicode") for one in root)])
    return clean(inner), "\n".join(told)
