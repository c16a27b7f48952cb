"""The nouns as JSON: what the command line prints with `--json`, and what the API answers. One shape for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newsletter.model.tags import split_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.model.deed import Deed
    from newsletter.model.delivery import Delivery, Tally
    from newsletter.model.event import Occurrence
    from newsletter.model.finding import Finding
    from newsletter.model.issue import Block, Issue, PinnedItem
    from newsletter.model.item import Item, ItemVersion
    from newsletter.model.publication import Publication
    from newsletter.model.source import Source
    from newsletter.model.subscriber import Subscriber
    from newsletter.model.user import User
    from newsletter.workflows.publish import Material


def publication_json(publication: Publication) -> dict[str, Any]:
    """The publication as JSON."""
    from newsletter.workflows.publications import duration_text

    return {
        "id": publication.id,
        "name": publication.name,
        "slug": publication.slug,
        "from": publication.sender,
        "reply_to": publication.reply_to,
        "address": publication.address,
        "tagline": publication.tagline,
        "zone": publication.zone,
        "language": publication.language,
        "theme": publication.theme,
        "subject": publication.subject,
        "date_format": publication.date_format,
        "event_days": publication.event_days,
        "event_grouping": publication.event_grouping,
        "event_zones": ",".join(publication.event_zones),
        "send_late_within": duration_text(publication.send_late_within),
        "outlets": ", ".join(publication.outlets),
    }


def source_json(source: Source) -> dict[str, Any]:
    """A source as JSON. `interval` is in seconds; `waits`: until when it is left alone, and why."""
    from newsletter.workflows.collect import waits_because

    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind.value,
        "url": source.url,
        "status": source.status.value,
        "last_success": source.last_success.isoformat() if source.last_success else None,
        "error": source.error,
        "outlet": source.outlet,
        "section": source.section,
        "active": source.active,
        "keep": list(source.rules.keep),
        "skip": list(source.rules.skip),
        "newest": source.rules.newest,
        "interval": int(source.rules.interval.total_seconds()) if source.rules.interval else None,
        "waits": waits_because(source),
    }


def item_json(item: Item) -> dict[str, Any]:
    """An item as JSON. Times are UTC."""
    latest = item.latest
    also_in = item.place.also_in if item.place else ()
    return {
        "id": item.id,
        "title": latest.title,
        "excerpt": latest.excerpt,
        "url": latest.url,
        "outlet": latest.outlet,
        "author": latest.author,
        "published": latest.published.isoformat() if latest.published else None,
        "state": item.state.value,
        "section": item.section,
        "story": item.place.story if item.place else None,
        "leads": item.place is None or item.place.leads,
        "also_in": [{"id": one.id, "outlet": one.outlet, "url": one.url} for one in also_in],
        "sent_in": max(item.sent_in, default=None),
        "flags": list(item.flags),
        "edited": item.edited,
    }


def event_json(one: Occurrence) -> dict[str, Any]:
    """An occurrence as JSON: all-day ones by dates, of which `end` is the last; timed ones with their offset."""
    return {
        "id": one.id,
        "event": one.event,
        "title": one.title,
        "description": one.description,
        "start": one.start.isoformat(),
        "end": one.end.isoformat() if one.end is not None else None,
        "all_day": one.all_day,
        "first_date": one.first_date.isoformat(),
        "last_date": one.last_date.isoformat(),
        "dates": [day.isoformat() for day in one.dates],
        "zone": one.zone,
        "rule": one.rule,
        "rule_text": one.rule_text,
        "excepted": [day.isoformat() for day in one.excepted],
        "place": one.place,
        "online": one.online,
        "url": one.url,
        "contact": one.contact,
        "open": one.open,
        "wording": one.wording,
        "as_worded": one.as_worded,
        "warnings": list(one.warnings),
        "source": one.source,
        "status": one.status.value,
    }


def subscriber_json(reader: Subscriber) -> dict[str, Any]:
    """A reader as JSON, in the words of the CSV columns."""
    return {
        "id": reader.id,
        "email": reader.email,
        "name": reader.name,
        "tags": list(reader.tags),
        "language": reader.language,
        "timezone": reader.zone,
        "status": reader.consent.value,
        "how": reader.consent_how,
        "changed_at": reader.consent_at.isoformat(),
        "fields": reader.fields,
    }


def issue_json(material: Material) -> dict[str, Any]:
    """The issue with its outline and the occurrences of its calendar."""
    issue = material.issue
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "subject": material.subject,
        "preheader": issue.preheader,
        "theme": material.theme,
        "state": issue.state.value,
        "held_why": issue.held_why,
        "version": issue.version,
        "schedule": schedule_json(issue),
        "rendition": None
        if issue.approved is None
        else {"checksum": issue.approved.checksum, "approved_at": issue.approved.at.isoformat()},
        "sections": [
            {
                "id": section.id,
                "name": section.name,
                "blocks": [block_json(block, material.versions) for block in section.blocks],
            }
            for section in issue.outline.sections
        ],
        "events": [{"occurrence": one.id, "pinned": one.pinned, "hidden": one.hidden} for one in material.occurrences],
    }


def schedule_json(issue: Issue) -> dict[str, Any] | None:
    """When it goes out, in the newsletter's zone."""
    if issue.planned is None:
        return None
    at = issue.planned.at.astimezone(ZoneInfo(issue.planned.zone))
    return {"at": at.isoformat(), "zone": issue.planned.zone, "segment": issue.planned.segment}


def block_json(block: Block, versions: Mapping[PinnedItem, ItemVersion]) -> dict[str, Any]:
    """A block as readers will see it: the editor's words, else those of its first item."""
    held = [versions[pinned] for pinned in block.items if pinned in versions]
    first = held[0] if held else None
    return {
        "id": block.id,
        "version": block.version,
        "kind": block.kind.value,
        "items": [pinned.item for pinned in block.items],
        "headline": block.headline or (first.title if first else None),
        "teaser": block.teaser,
        "teaser_rank": block.teaser_rank,
        "blurb": block.blurb or (first.excerpt if first else None),
        "outlet": block.outlet or (first.outlet if first else None),
        "url": block.url or (first.url if first else None),
        "also_in": [
            {"id": other.id, "outlet": other.outlet, "url": other.url}
            for other in dict.fromkeys(other for one in held for other in one.also_in)
            if other.id not in {pinned.item for pinned in block.items}
        ],
        "asset": block.asset,
        "alt": block.alt,
        "tags": list(split_tags(block.tags)),
        "standing": None
        if block.standing is None
        else {
            "from": block.standing.first.isoformat() if block.standing.first else None,
            "until": block.standing.last.isoformat() if block.standing.last else None,
        },
    }


def issue_row_json(issue: Issue) -> dict[str, Any]:
    """The issue in a list."""
    plan = schedule_json(issue)
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "state": issue.state.value,
        "scheduled_at": plan["at"] if plan else None,
        "sent_at": issue.sent_at.isoformat() if issue.sent_at else None,
    }


def counts_json(issue: Issue, tally: Tally) -> dict[str, Any]:
    """The ledger's counts."""
    return {"issue": issue.number, "state": issue.state.value, **vars(tally)}


def delivery_json(row: Delivery) -> dict[str, Any]:
    """A row of the ledger."""
    waiting = row.state.value in ("deferred", "queued")
    return {
        "id": row.id,
        "email": row.email,
        "state": row.state.value,
        "attempts": row.attempts,
        "code": row.code,
        "reply": row.reply,
        "message_id": row.message_id,
        "at": row.at.isoformat() if row.at else None,
        "retry_at": row.due_at.isoformat() if row.due_at and waiting else None,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """What a check says."""
    return {
        "level": finding.level.value,
        "code": finding.code,
        "message": finding.message,
        "block": finding.block,
        "waived": finding.waived,
    }


def user_json(user: User) -> dict[str, Any]:
    """A person at the desk."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role.value,
        "since": user.created_at.isoformat(),
        "second_factor": user.second_factor,
    }


def deed_json(deed: Deed) -> dict[str, Any]:
    """A line of the audit log."""
    return {
        "id": deed.id,
        "at": deed.at.isoformat(),
        "who": deed.who,
        "via": deed.via,
        "deed": deed.deed,
        "subject": deed.subject,
        "address": deed.address,
        "detail": dict(deed.detail),
    }
