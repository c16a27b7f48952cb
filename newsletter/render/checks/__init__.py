"""Preflight: what must be mended before an issue goes out. One file a check; a new one is a line in `CHECKS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from newsletter.model.asset import NO_ASSETS, Assets
from newsletter.model.event import Occurrence
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Issue, PinnedItem
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.linked import LinkAnswer
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import (
    already_sent,
    base_url,
    content,
    contrast,
    empty_section,
    event_dates,
    headings,
    html_size,
    images,
    leftover_tokens,
    link_text,
    links,
    personalisation,
    postal_address,
    protected_addresses,
    secret_key,
    section_limit,
    sender,
    spam_score,
    subject_length,
    text_part,
    twins,
    unsafe_html,
    unsubscribe,
)
from newsletter.render.checks.checked import Check, Checked
from newsletter.render.spam import SpamScore
from newsletter.settings import Settings

CHECKS: tuple[Check, ...] = (
    base_url.check,
    secret_key.check,
    sender.check,
    postal_address.check,
    unsubscribe.check,
    content.check,
    leftover_tokens.check,
    personalisation.check,
    unsafe_html.check,
    html_size.check,
    subject_length.check,
    empty_section.check,
    section_limit.check,
    twins.check,
    already_sent.check,
    event_dates.check,
    protected_addresses.check,
    link_text.check,
    links.check,
    images.check,
    headings.check,
    contrast.check,
    text_part.check,
    spam_score.check,
)


def still_allowed(publication: Publication, issue: Issue, data: RenditionData, *, settings: Settings) -> list[Finding]:
    """What today's settings of the machine say against a rendition that was frozen earlier.

    Its content was checked when it was frozen; that the publication was edited since is no matter of its readers.
    """
    seen = Checked(publication=publication, issue=issue, data=data, settings=settings)
    return [*base_url.check(seen), *secret_key.check(seen)]


def preflight(
    publication: Publication,
    issue: Issue,
    data: RenditionData,
    *,
    settings: Settings,
    versions: Mapping[PinnedItem, ItemVersion] | None = None,
    occurrences: Sequence[Occurrence] = (),
    on: date | None = None,
    assets: Assets = NO_ASSETS,
    sent_in: Mapping[ItemId, Sequence[int]] | None = None,
    links: Mapping[str, LinkAnswer] | None = None,
    spam: SpamScore | None = None,
) -> list[Finding]:
    """Everything that was found, errors first; empty where the issue can go out.

    All that is optional lets more warnings be found (see `Checked`): with the `versions` of the pinned items the
    checks can also name items without a link, and the block of a finding.
    """
    seen = Checked(
        publication=publication,
        issue=issue,
        data=data,
        settings=settings,
        versions=versions or {},
        occurrences=occurrences,
        on=on,
        assets=assets,
        sent_in=sent_in or {},
        links=links or {},
        spam=spam,
    )
    found = [finding for check in CHECKS for finding in check(seen)]
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)
