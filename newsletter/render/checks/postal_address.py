"""Anti-spam laws ask for a postal address."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error
from newsletter.render.view import address_line


def check(seen: Checked) -> Iterator[Finding]:
    """The publication has one, and it stands in both parts."""
    address = address_line(seen.publication)
    if not address:
        yield error(
            "no-postal-address",
            "The publication has no postal address, which the law of many countries asks for: newsletter publication "
            'set address="…"',
        )
        return
    shown = {
        "HTML": " ".join(seen.document.text_content().split()),
        "text": " ".join(seen.data.text.split()),
    }
    missing = [name for name, text in shown.items() if address not in text]
    if missing:
        yield error(
            "no-postal-address",
            f"The postal address is not in the {' and the '.join(missing)} part: put "
            f"{{{{ publication.address }}}} into the templates of the theme "
            f"“{seen.issue.theme or seen.publication.theme}”.",
        )
