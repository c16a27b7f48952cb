"""An issue as JSON and as text: what `newsletter issue …` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.model.delivery import Tally
    from newsletter.model.issue import Block, Issue, PinnedItem
    from newsletter.model.item import ItemVersion
    from newsletter.workflows.publish import Material


def document(material: Material) -> dict[str, Any]:
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
        "schedule": _schedule(issue),
        "rendition": None
        if issue.approved is None
        else {"checksum": issue.approved.checksum, "approved_at": issue.approved.at.isoformat()},
        "sections": [
            {
                "id": section.id,
                "name": section.name,
                "blocks": [block_document(block, material.versions) for block in section.blocks],
            }
            for section in issue.outline.sections
        ],
        "events": [{"occurrence": one.id, "pinned": one.pinned, "hidden": one.hidden} for one in material.occurrences],
    }


def _schedule(issue: Issue) -> dict[str, Any] | None:
    if issue.planned is None:
        return None
    at = issue.planned.at.astimezone(ZoneInfo(issue.planned.zone))
    return {"at": at.isoformat(), "zone": issue.planned.zone, "segment": issue.planned.segment}


def block_document(block: Block, versions: Mapping[PinnedItem, ItemVersion]) -> dict[str, Any]:
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
        "standing": None
        if block.standing is None
        else {
            "from": block.standing.first.isoformat() if block.standing.first else None,
            "until": block.standing.last.isoformat() if block.standing.last else None,
        },
    }


def row(issue: Issue) -> dict[str, Any]:
    """The issue in a list."""
    plan = _schedule(issue)
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "state": issue.state.value,
        "scheduled_at": plan["at"] if plan else None,
        "sent_at": issue.sent_at.isoformat() if issue.sent_at else None,
    }


def text(material: Material) -> str:
    """The outline for a person: sections, blocks with their ids, the size of the calendar."""
    issue = material.issue
    lines = [f"Issue {issue.number}: {issue.title} ({issue.state.value}, version {issue.version})"]
    if plan := _schedule(issue):
        lines.append(f"Goes out at {plan['at']} ({plan['zone']})")
    if issue.held_why:
        lines.append(f"Held: {issue.held_why}")
    for section in issue.outline.sections:
        lines += ["", section.name or "(no heading)"]
        for block in section.blocks:
            lines.append(f"  [{block.id}] {_line(block_document(block, material.versions), len(material.occurrences))}")
    return "\n".join(lines)


def _line(block: dict[str, Any], events: int) -> str:
    if block["kind"] == "calendar":
        return f"calendar, {events} events"
    if block["kind"] == "image":
        return f"image: {block['alt']}"[:78]
    if block["kind"] == "text":
        words = " ".join((block["headline"] or block["blurb"] or "").split())
        return ("standing: " if block["standing"] else "text: ") + words[:70]
    more = f" (+{len(block['items']) - 1})" if len(block["items"]) > 1 else ""
    outlet = f"{block['outlet']}: " if block["outlet"] else ""
    return f"{outlet}{block['headline'] or '(no headline)'}{more}"


def counts(issue: Issue, tally: Tally) -> dict[str, Any]:
    """The ledger's counts."""
    return {"issue": issue.number, "state": issue.state.value, **vars(tally)}


def counts_text(issue: Issue, tally: Tally) -> str:
    """The ledger's counts in a sentence."""
    if not tally.audience:
        return f"Issue {issue.number} is {issue.state.value}; its ledger is empty: nobody is in its audience yet."
    told = [f"{count} {name}" for name, count in vars(tally).items() if count and name != "audience"]
    return f"Issue {issue.number} is {issue.state.value}: {tally.audience} readers; {', '.join(told) or 'none yet'}."
