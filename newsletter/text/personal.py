"""What editors write for readers by name, tag, language or field, checked when it is saved."""

from __future__ import annotations

from newsletter.model.nesting import trouble, unwrapped
from newsletter.model.personal import BadPersonalisation, Marks
from newsletter.text.markdown import to_html

_NONCE = "0" * 20


def check_personal(text: str, *, where: str, markdown: bool) -> None:
    """Raise BadPersonalisation unless every reader would get this text whole."""
    if "{{" not in text and "{%" not in text:
        return
    try:
        marked = Marks(_NONCE).mark(text)
    except BadPersonalisation as cause:
        raise BadPersonalisation(cause.message, where=where) from cause
    if markdown and (found := trouble(unwrapped(to_html(marked), _NONCE), _NONCE)):
        raise BadPersonalisation(
            f"The {where.strip('-').lower()} cannot be personalised: {found}. Give {{% if %}} and {{% endif %}} each a "
            "line of its own, or put both into one sentence.",
            where=where,
        )
