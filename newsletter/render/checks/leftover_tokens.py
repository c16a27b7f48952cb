"""Places for a name or a link that nothing will ever fill: `{{ name }}`, `*|NAME|*`, `%%NAME%%`, `[[NAME]]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error, warning

_BRACES = re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}")
_OTHERS = re.compile(
    r"\*\|[^|*\n]{1,80}\|\*"
    r"|%%[A-Za-z_][\w .:-]{0,60}%%"
    r"|\[\[\s*[A-Za-z_][\w .:-]{0,60}\]\]"
)
_FIELD = re.compile(r"\{[a-z_]{1,20}\}")


def check(seen: Checked) -> Iterator[Finding]:
    """None is left in the subject, in what a reader sees of both parts, or in a link."""
    places = {
        "the subject": [seen.data.subject],
        "the sender": [seen.data.sender, seen.data.reply_to],
        "the HTML part": [_visible(seen)],
        "a link": [str(one) for one in seen.document.xpath("//a/@href | //img/@src")],
        "the text part": [seen.data.text],
    }
    quoted = " ".join(" ".join(one.text_content() for one in seen.document.xpath("//pre | //code")).casefold().split())
    told: set[str] = set()
    for place, texts in places.items():
        for found in [one for text in texts for one in _found(text, is_link=place == "a link")]:
            same = " ".join(found.casefold().split())  # the text part may write it in capitals
            if same not in told and not (place == "the text part" and same in quoted):
                told.add(same)
                block = seen.block_with(found)
                where = seen.mend_text(block, found)
                yield error(
                    "leftover-token",
                    f"“{found}” in {place} will be mailed as it stands: write what it was meant to say ({where}).",
                    block,
                )
    for field in _FIELD.findall(seen.data.subject):
        yield warning(
            "subject-field",
            f"The subject says “{field}”, which is no field: newsletter issue set {seen.issue.number} --subject TEXT",
        )


def _visible(seen: Checked) -> str:
    """Text a reader can see; not the sheet, not comments, and code samples are quotations."""
    # one line: a token may be parted by an inline element
    skipped = "ancestor::style or ancestor::script or ancestor::head or ancestor::pre or ancestor::code"
    attributes = " ".join(str(one) for one in seen.document.xpath("//@alt | //@title | //@aria-label"))
    text = "".join(str(one) for one in seen.document.xpath(f"//body//text()[not({skipped})]"))
    return f"{text}\n{attributes}"


def _found(text: str, *, is_link: bool) -> list[str]:
    """The tokens in a text; in a link also those whose braces are percent-encoded."""
    found = _BRACES.findall(text) + _OTHERS.findall(text)
    if is_link:
        found += [one for one in _BRACES.findall(unquote(text)) if one not in found]
    return found
