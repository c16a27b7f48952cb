"""Every reader must find the way out, in both parts."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.render.checks.checked import Checked, error


def check(seen: Checked) -> Iterator[Finding]:
    """The reader's own link stands in the HTML part and in the text part."""
    own = token(seen.data.nonce, UNSUBSCRIBE)
    linked = any(own in target for target in seen.document.xpath("//a/@href"))
    missing = [name for name, there in (("HTML", linked), ("text", own in seen.data.text)) if not there]
    if missing:
        files = " and ".join({"HTML": "issue.html.j2", "text": "issue.txt.j2"}[name] for name in missing)
        yield error(
            "no-unsubscribe",
            f"There is no link to unsubscribe in the {' and the '.join(missing)} part: put {{{{ unsubscribe }}}} into "
            f"{files} of the theme “{seen.issue.theme or seen.publication.theme}”.",
        )
