"""Letting a warning pass by its name, and warning of it again."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import BlockId
from newsletter.model.waiver import Waiver, waived
from newsletter.store import waivers
from newsletter.workflows.publish import Desk


def read_waiver(text: str) -> Waiver:
    """`CODE` or `CODE:BLOCK`. Raises NewsletterError for anything else."""
    code, colon, block = text.strip().partition(":")
    if not code or (colon and not (block.isdecimal() and len(block) < 11)):
        raise NewsletterError(
            f"“{text[:80]}” names no warning: write CODE, or CODE:BLOCK for one block.", where="--waive"
        )
    return Waiver(code, BlockId(int(block)) if block else None)


def check_waiving(
    desk: Desk,
    number: int | None,
    *,
    waive_these: Sequence[str] = (),
    unwaive_these: Sequence[str] = (),
    links: bool = False,
    spam: bool = False,
    who: str,
) -> list[Finding]:
    """What the checks find (see `Desk.check`), after these warnings, by `CODE[:BLOCK]`, were waived, or are warned of
    again. Raises as `waive` and `unwaive` do."""
    if unwaive_these:
        unwaive(desk, number, [read_waiver(one) for one in unwaive_these])
    findings = desk.check(number, links=links, spam=spam)
    if not waive_these:
        return findings
    wanted = [read_waiver(one) for one in waive_these]
    waive(desk, number, wanted, findings, who=who)
    return [one if one.waived else waived([one], wanted)[0] for one in findings]


def waive(desk: Desk, number: int | None, wanted: Sequence[Waiver], findings: Sequence[Finding], *, who: str) -> None:
    """Let these warnings pass in an issue; what is waived of a standing block is waived where the block returns.

    Raises NotFound where the issue has no such finding, NewsletterError where it is an error.
    """
    issue = desk.issue(number)
    returning = {block.id for block in issue.outline.blocks() if block.standing is not None}
    everything = list(wanted)
    for waiver in wanted:
        named = [one for one in findings if one.code == waiver.code and waiver.block in (None, one.block)]
        if not named:
            raise _unknown(waiver, findings)
        if any(one.level is Level.ERROR for one in named):
            raise NewsletterError(
                f"{waiver} is an error and cannot be waived: mend it. {named[0].message}", code="not-waived"
            )
        everything += [Waiver(one.code, one.block) for one in named if one.block in returning]
    with desk.store.writing() as tx:
        waivers.add(tx, issue.id, everything, who=who, now=desk.clock.now())


def unwaive(desk: Desk, number: int | None, wanted: Sequence[Waiver]) -> None:
    """Warn of these again. Raises NotFound for one that had not been waived."""
    issue = desk.issue(number)
    with desk.store.writing() as tx:
        for waiver in wanted:
            if not waivers.remove(tx, issue.id, waiver):
                known = ", ".join(map(str, waivers.listing(tx, issue.id))) or "nothing"
                raise NotFound(f"{waiver} is not waived in issue {issue.number}; waived: {known}.", where="--unwaive")


def _unknown(waiver: Waiver, findings: Sequence[Finding]) -> NotFound:
    known = list(dict.fromkeys(str(Waiver(one.code, one.block)) for one in findings))
    near = difflib.get_close_matches(str(waiver), known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return NotFound(f"No check found {waiver}; found: {', '.join(known) or 'nothing'}.{hint}", where="--waive")
