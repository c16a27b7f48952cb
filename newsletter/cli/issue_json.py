"""An issue as JSON and as text: what `newsletter issue …` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.workflows.shapes import block_json, schedule_json
from newsletter.workflows.shapes import counts_json as counts
from newsletter.workflows.shapes import issue_json as document
from newsletter.workflows.shapes import issue_row_json as row

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.model.delivery import Tally
    from newsletter.model.issue import Issue
    from newsletter.workflows.answers.issues import BlockJson
    from newsletter.workflows.proofing import Material


__all__ = ["counts", "counts_text", "document", "pace_text", "row", "text"]


def text(material: Material) -> str:
    """The outline for a person: sections, blocks with their ids, the size of the calendar."""
    issue = material.issue
    lines = [f"Issue {issue.number}: {issue.title} ({issue.state.value}, version {issue.version})"]
    if plan := schedule_json(issue):
        lines.append(f"Goes out at {plan['at']} ({plan['zone']})")
    if issue.held_why:
        lines.append(f"Held: {issue.held_why}")
    for section in issue.outline.sections:
        lines += ["", section.name or "(no heading)"]
        for block in section.blocks:
            lines.append(f"  [{block.id}] {_line(block_json(block, material.versions), len(material.occurrences))}")
    return "\n".join(lines)


def _line(block: BlockJson, events: int) -> str:
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


def counts_text(issue: Issue, tally: Tally) -> str:
    """The ledger's counts in a sentence."""
    if not tally.audience:
        return f"Issue {issue.number} is {issue.state.value}; its ledger is empty: nobody is in its audience yet."
    told = [f"{count} {name}" for name, count in vars(tally).items() if count and name != "audience"]
    return f"Issue {issue.number} is {issue.state.value}: {tally.audience} readers; {', '.join(told) or 'none yet'}."


def pace_text(rate: float | None, done_at: datetime | None, now: datetime) -> str:
    """How fast it goes and how long it will take, after the counts; nothing where it does not go."""
    if rate is None:
        return ""
    if done_at is None:
        return f"\nAt this moment {rate:,.1f} a second."
    seconds = round((done_at - now).total_seconds())
    left = (
        f"{seconds // 3600} h {seconds % 3600 // 60} min" if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02}"
    )
    return f"\n{rate:,.1f} a second; done in about {left}."
