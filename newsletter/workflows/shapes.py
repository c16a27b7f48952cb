"""The nouns as JSON: what the command line prints with `--json`, and what the API answers. One shape for both."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.model.tags import split_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newsletter.audience.importing import ImportReport
    from newsletter.model.deed import Deed
    from newsletter.model.delivery import Delivery, Tally
    from newsletter.model.event import Occurrence
    from newsletter.model.finding import Finding
    from newsletter.model.issue import Block, Issue, PinnedItem
    from newsletter.model.item import Item, ItemVersion
    from newsletter.model.publication import Publication
    from newsletter.model.revision import NamedVersion, Revision
    from newsletter.model.source import Source
    from newsletter.model.subscriber import Subscriber
    from newsletter.model.user import User
    from newsletter.store.item_pages import FullText
    from newsletter.store.source_use import Use
    from newsletter.workflows.answers import events as of_events
    from newsletter.workflows.answers import issues as of_issues
    from newsletter.workflows.answers import items as of_items
    from newsletter.workflows.answers import newsletters as of_newsletters
    from newsletter.workflows.answers import people as of_people
    from newsletter.workflows.answers import readers as of_readers
    from newsletter.workflows.answers import sending as of_sending
    from newsletter.workflows.answers import sources as of_sources
    from newsletter.workflows.proofing import Material
    from newsletter.workflows.under_way import UnderWay


def publication_json(publication: Publication) -> of_newsletters.PublicationJson:
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


def source_json(source: Source, use: Use, now: datetime) -> of_sources.SourceJson:
    """A source as JSON, and how much of what it brought is used."""
    from newsletter.workflows.collect import waits_because

    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "status": source.status,
        "last_success": source.last_success.isoformat() if source.last_success else None,
        "error": source.error,
        "outlet": source.outlet,
        "section": source.section,
        "active": source.active,
        "keep": list(source.rules.keep),
        "skip": list(source.rules.skip),
        "newest": source.rules.newest,
        "interval": int(source.rules.interval.total_seconds()) if source.rules.interval else None,
        "waits": waits_because(source, now),
        "items": use.items,
        "picked": use.picked,
        "sent": use.sent,
        "used": use.used,
        "dead": source.active and source.is_dead(now),
    }


def item_json(item: Item) -> of_items.ItemJson:
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
        "state": item.state,
        "section": item.section,
        "story": item.place.story if item.place else None,
        "leads": item.place is None or item.place.leads,
        "also_in": [{"id": one.id, "outlet": one.outlet, "url": one.url} for one in also_in],
        "sent_in": max(item.sent_in, default=None),
        "flags": list(item.flags),
        "edited": item.edited,
    }


def event_json(one: Occurrence) -> of_events.EventJson:
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
        "status": one.status,
    }


def subscriber_json(reader: Subscriber) -> of_readers.SubscriberJson:
    """A reader as JSON, in the words of the CSV columns."""
    return {
        "id": reader.id,
        "email": reader.email,
        "name": reader.name,
        "tags": list(reader.tags),
        "language": reader.language,
        "timezone": reader.zone,
        "status": reader.consent,
        "how": reader.consent_how,
        "changed_at": reader.consent_at.isoformat(),
        "fields": reader.fields,
    }


def issue_json(material: Material) -> of_issues.IssueJson:
    """The issue with its outline and the occurrences of its calendar."""
    issue = material.issue
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "subject": material.subject,
        "preheader": issue.preheader,
        "theme": material.theme,
        "state": issue.state,
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
                "most": section.most,
                "blocks": [block_json(block, material.versions) for block in section.blocks],
            }
            for section in issue.outline.sections
        ],
        "events": [{"occurrence": one.id, "pinned": one.pinned, "hidden": one.hidden} for one in material.occurrences],
    }


def schedule_json(issue: Issue) -> of_issues.ScheduleJson | None:
    """When it goes out, in the newsletter's zone."""
    if issue.planned is None:
        return None
    at = issue.planned.at.astimezone(ZoneInfo(issue.planned.zone))
    return {"at": at.isoformat(), "zone": issue.planned.zone, "segment": issue.planned.segment}


def block_json(block: Block, versions: Mapping[PinnedItem, ItemVersion]) -> of_issues.BlockJson:
    """A block as readers will see it: the editor's words, else those of its first item."""
    held = [versions[pinned] for pinned in block.items if pinned in versions]
    first = held[0] if held else None
    return {
        "id": block.id,
        "version": block.version,
        "kind": block.kind,
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


def issue_row_json(issue: Issue) -> of_issues.IssueRowJson:
    """The issue in a list."""
    plan = schedule_json(issue)
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "scheduled_at": plan["at"] if plan else None,
        "sent_at": issue.sent_at.isoformat() if issue.sent_at else None,
    }


def counts_json(issue: Issue, tally: Tally, pace: UnderWay | None = None) -> of_sending.CountsJson:
    """The ledger's counts; of an issue on its way, with `pace`, also how fast it goes and when it will be done."""
    counts: of_sending.CountsJson = {
        "issue": issue.number,
        "state": issue.state,
        "audience": tally.audience,
        "queued": tally.queued,
        "attempting": tally.attempting,
        "sent": tally.sent,
        "deferred": tally.deferred,
        "failed": tally.failed,
        "uncertain": tally.uncertain,
        "skipped": tally.skipped,
        "bounced": tally.bounced,
        "complained": tally.complained,
    }
    if pace is not None and issue.state.value == "sending":  # else it is what `send` prints, field for field
        counts["rate"] = pace.rate
        counts["done_at"] = pace.done_at.isoformat(timespec="seconds") if pace.done_at else None
    return counts


def delivery_json(row: Delivery) -> of_sending.DeliveryJson:
    """A row of the ledger."""
    waiting = row.state.value in ("deferred", "queued")
    return {
        "id": row.id,
        "email": row.email,
        "state": row.state,
        "attempts": row.attempts,
        "code": row.code,
        "reply": row.reply,
        "message_id": row.message_id,
        "at": row.at.isoformat() if row.at else None,
        "retry_at": row.due_at.isoformat() if row.due_at and waiting else None,
    }


def checks_json(findings: Sequence[Finding]) -> of_sending.ChecksJson:
    """What the checks say."""
    return {
        "ok": not any(finding.level == "error" for finding in findings),
        "findings": [
            {
                "level": finding.level,
                "code": finding.code,
                "message": finding.message,
                "block": finding.block,
                "waived": finding.waived,
            }
            for finding in findings
        ],
    }


def change_json(one: Revision) -> of_issues.ChangeJson:
    """A change in the history of an issue."""
    return {"id": one.id, "at": one.at.isoformat(), "who": one.who, "change": one.change, "state": one.state}


def version_json(one: NamedVersion) -> of_issues.NamedVersionJson:
    """A state of an issue that has a name."""
    return {"id": one.id, "name": one.name, "at": one.at.isoformat(), "who": one.who, "blocks": one.blocks}


def full_text_json(found: FullText) -> of_items.FullTextJson:
    """The whole text of an item."""
    return {"id": found.item, "url": found.url, "html": found.html}


def imported_json(report: ImportReport) -> of_readers.ImportedJson:
    """What became of the rows of a list of readers."""
    return {
        "imported": report.imported,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "suppressed": report.suppressed,
        "rejected": [{"line": one.line, "email": one.email, "reason": one.reason} for one in report.rejected],
    }


def user_json(user: User) -> of_people.PersonJson:
    """A person at the desk."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "since": user.created_at.isoformat(),
        "second_factor": user.second_factor,
    }


def deed_json(deed: Deed) -> of_people.DeedJson:
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
