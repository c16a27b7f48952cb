"""What differs by reader must leave each of them a whole message."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.nesting import trouble
from newsletter.model.personal import BadPersonalisation, Marks, slots
from newsletter.render.checks.checked import Checked, error


def check(seen: Checked) -> Iterator[Finding]:
    """Editors' words can be read, and passages under a condition begin and end in one place, in both parts."""
    for block in seen.issue.outline.blocks():
        for text, option in ((block.headline, "--headline TEXT"), (block.blurb, "--blurb TEXT")):
            try:
                Marks(seen.data.nonce).mark(text or "")
            except BadPersonalisation as cause:
                where = seen.mend(block.id, option)
                yield error("bad-personalisation", f"{cause.message.rstrip('.')} ({where}).", block.id)
    if not seen.data.personal:
        return
    if found := trouble(seen.data.html, seen.data.nonce):
        yield error(
            "bad-personalisation",
            f"Some readers would get a broken HTML part, because {found}: change the block, or the theme "
            f"“{seen.theme}”.",
        )
    own = f"mg{seen.data.nonce[:8]}"  # a cut one has lost its end
    pattern = slots(seen.data.nonce)
    edges = [slot for slot in pattern.findall(seen.data.text) if slot[1:].isdecimal() and slot[0] in "be"]
    if own in pattern.sub("", seen.data.text) or sorted(s[1:] for s in edges if s[0] == "b") != sorted(
        s[1:] for s in edges if s[0] == "e"
    ):
        yield error(
            "bad-personalisation",
            f"Some readers would get a broken text part, because a template cuts or changes a personal place: change "
            f"issue.txt.j2 of the theme “{seen.theme}”.",
        )
