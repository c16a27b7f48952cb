"""Links to unsubscribe are signed: without a key no message can be made for anybody."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error


def check(seen: Checked) -> Iterator[Finding]:
    """There is a key to sign with: told while the issue is a draft, not when its audience is frozen."""
    if not seen.settings.secret_keys:
        yield error(
            "no-secret-key",
            "There is no secret_key in newsletter.toml, and links to unsubscribe need one; put a long random text "
            "there, or set NEWSLETTER_SECRET_KEY.",
        )
