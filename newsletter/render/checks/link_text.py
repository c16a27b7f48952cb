"""A link should say where it goes: people who listen to a mail hear its links one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

_WORDINGS = """
    click here|click|here|read more|read on|more|learn more|find out more|continue reading|continue|see more|view more
    link|this link|this|website|page|download|details|full story|read the full story|read it here
    hier|hier klicken|klicken sie hier|mehr|mehr lesen|weiterlesen|weiter|mehr erfahren|link zum artikel
    ici|cliquez ici|lire la suite|en savoir plus|plus|lire plus
    aquí|aqui|haga clic aquí|leer más|más|más información|ver más
    clique aqui|leia mais|saiba mais|mais
"""
GENERIC = frozenset(wording.strip() for wording in _WORDINGS.replace("\n", "|").split("|")) - {""}
_SIGNS = re.compile(r"[\W_]+")


def check(seen: Checked) -> Iterator[Finding]:
    """No link is only “here” or “read more”."""
    told: set[tuple[str, int | None]] = set()
    for link in seen.document.xpath("//a[@href]"):
        text = " ".join(link.text_content().split())
        label = " ".join((link.get("aria-label") or "").split())
        if not is_generic(text) or (label and not is_generic(label)):
            continue
        block = seen.block_with(link.get("href"))
        if (text, block) not in told:
            told.add((text, block))
            yield warning(
                "generic-link-text",
                f"A link says only “{text}”: link the words that name where it leads "
                f"({seen.mend_text(block, link.get('href'))}).",
                block,
            )


def is_generic(text: str) -> bool:
    """Whether a link's text says nothing about where it leads."""
    return _SIGNS.sub(" ", text).strip().casefold() in GENERIC
