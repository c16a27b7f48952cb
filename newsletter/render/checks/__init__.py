"""Preflight: what must be mended before an issue goes out. One file a check; a new one is a line in `CHECKS`."""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Issue, PinnedItem
from newsletter.model.item import ItemVersion
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import (
    base_url,
    content,
    html_size,
    leftover_tokens,
    postal_address,
    sender,
    unsafe_html,
    unsubscribe,
)
from newsletter.render.checks.checked import Check, Checked
from newsletter.settings import Settings

CHECKS: tuple[Check, ...] = (
    base_url.check,
    sender.check,
    postal_address.check,
    unsubscribe.check,
    content.check,
    leftover_tokens.check,
    unsafe_html.check,
    html_size.check,
)


def preflight(
    publication: Publication,
    issue: Issue,
    data: RenditionData,
    *,
    settings: Settings,
    versions: Mapping[PinnedItem, ItemVersion] | None = None,
) -> list[Finding]:
    """Everything that was found, errors first; empty where the issue can go out.

    With the `versions` of the pinned items the checks can also name items without a link, and the block of a finding.
    """
    seen = Checked(publication=publication, issue=issue, data=data, settings=settings, versions=versions or {})
    found = [finding for check in CHECKS for finding in check(seen)]
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)
