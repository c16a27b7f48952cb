"""`newsletter issue`: an issue and its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import issue_archive, issue_correct, issue_events, issue_image, issue_sending, issue_steering
from newsletter.cli.call import Call, long_text

if TYPE_CHECKING:
    from newsletter.model.issue import Issue
    from newsletter.queue.editing import Editor

app = typer.Typer(help="An issue: its outline, its checks, its way to the readers.", no_args_is_help=True)
section = typer.Typer(help="The sections of an issue.", no_args_is_help=True)
app.add_typer(section, name="section")
issue_sending.register(app)
app.command()(issue_archive.archive)
app.command()(issue_image.image)
issue_steering.register(app)
app.command()(issue_correct.correct)
issue_events.register(app)

ISSUE = typer.Argument(metavar="ISSUE", help="A number, or latest.")
BLOCK = typer.Argument(metavar="BLOCK", help="A block's id.")
SECTION = typer.Argument(metavar="SECTION", help="A section's heading or id; '' is the first one without a heading.")
IN_SECTION = typer.Option("--section", help="A section's heading or id; '' is the first one without a heading.")
AT = typer.Option("--at", min=1, help="The place in the section, from 1.")
IF_VERSION = typer.Option("--if-version", help="Only if it is still at this version (edit: the block's).")


def number_of(issue: str) -> int | None:
    """An issue's number; none means the latest. Raises NewsletterError for anything else."""
    from newsletter.errors import NewsletterError

    if issue == "latest":
        return None
    if not issue.isdecimal() or not 0 < int(issue) < 2**31:
        raise NewsletterError(f"“{issue}” is not an issue: write its number, or latest.", where="ISSUE")
    return int(issue)


def _editor(call: Call) -> Editor:
    from newsletter.queue.editing import Editor

    return Editor(call.store, call.clock, call.publication, call.who)


def show_issue(call: Call, issue: Issue | None, number: int | None = None) -> None:
    """Print an issue as it stands now."""
    from newsletter.cli.issue_json import document, text

    material = issue_sending.desk(call).material(issue.number if issue else number)
    call.show(document(material), lambda: text(material))


@app.command()
def new(
    ctx: typer.Context,
    origin: Annotated[str, typer.Option("--from", metavar="ISSUE|last|none", help="Whose layout to take.")] = "last",
    title: Annotated[str | None, typer.Option(help="Else: Issue N.")] = None,
) -> None:
    """Make a draft from the last issue's layout."""
    from newsletter.workflows.drafting import new_issue

    call: Call = ctx.obj
    wanted: Any = origin if origin in ("last", "none") else (number_of(origin) or "last")
    show_issue(call, new_issue(_editor(call), origin=wanted, title=title))


@app.command("list")
def list_(
    ctx: typer.Context, state: Annotated[str | None, typer.Option(help="draft, approved, scheduled, sent, …")] = None
) -> None:
    """List the issues, newest first."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from newsletter.cli.issue_json import row
    from newsletter.errors import NewsletterError
    from newsletter.model.issue import IssueState
    from newsletter.store import issues

    call: Call = ctx.obj
    if state is not None and state not in list(IssueState):
        raise NewsletterError(f"There is no state “{state}”; there are: {', '.join(IssueState)}.", where="--state")
    with call.store.reading() as tx:
        listed = issues.listing(tx, call.publication.id, IssueState(state) if state else None)
    zone = ZoneInfo(call.publication.zone)
    found = [row(one) for one in listed]

    def day(at: str | None) -> str:
        return f"{datetime.fromisoformat(at).astimezone(zone):%d %b %Y %H:%M}" if at else ""

    call.show(
        found,
        "\n".join(
            f"{one['number']:>4}  {one['state']:<10} {day(one['sent_at'] or one['scheduled_at']):<18} {one['title']}"
            for one in found
        )
        or "There is no issue yet. Make one with: newsletter issue new",
    )


@app.command()
def show(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Show an issue with its outline."""
    show_issue(ctx.obj, None, number_of(issue))


@app.command("set")
def set_(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    title: Annotated[str | None, typer.Option()] = None,
    subject: Annotated[str | None, typer.Option(help="Over the publication's convention; '' to return to it.")] = None,
    preheader: Annotated[str | None, typer.Option(help="The line after the subject in most inboxes.")] = None,
    theme: Annotated[str | None, typer.Option(help="Over the publication's theme.")] = None,
    if_version: Annotated[int | None, IF_VERSION] = None,
) -> None:
    """Set an issue's title, subject, preheader or theme."""
    from newsletter.workflows.drafting import set_issue

    call: Call = ctx.obj
    given = {"title": title, "subject": subject, "preheader": preheader, "theme": theme}
    fields = {name: value for name, value in given.items() if value is not None}
    show_issue(call, set_issue(_editor(call), call.settings, number_of(issue), fields, if_version=if_version))


@app.command()
def fill(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    most: Annotated[int | None, typer.Option("--max", min=0, metavar="N", help="At most this many items.")] = None,
) -> None:
    """Add every picked item that was not sent yet, in its section."""
    from newsletter.workflows.drafting import fill_issue

    call: Call = ctx.obj
    show_issue(call, fill_issue(_editor(call), number_of(issue), most=most))


@app.command()
def add(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    items: Annotated[list[int], typer.Argument(metavar="ITEM…")],
    in_section: Annotated[str | None, IN_SECTION] = None,
    at: Annotated[int | None, AT] = None,
    join: Annotated[int | None, typer.Option("--with", metavar="BLOCK", help="Under this block's headline.")] = None,
) -> None:
    """Add items; with --with, under the headline of another."""
    from newsletter.model.issue import BlockId
    from newsletter.model.item import ItemId

    call: Call = ctx.obj
    wanted = [ItemId(item) for item in items]
    block = BlockId(join) if join is not None else None
    show_issue(call, _editor(call).add_items(number_of(issue), wanted, section=in_section, at=at, join=block))


@app.command()
def text(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    content: Annotated[str, typer.Argument(metavar="TEXT", help="Markdown, @FILE, or - for stdin.")],
    headline: Annotated[str | None, typer.Option(help="A heading above it.")] = None,
    in_section: Annotated[str | None, IN_SECTION] = None,
    at: Annotated[int | None, AT] = None,
    standing: Annotated[bool, typer.Option("--standing", help="It returns in every issue between its dates.")] = False,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Standing (also without --standing), from this day.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Standing (also without --standing), until this day.")
    ] = None,
) -> None:
    """Add free Markdown: an appeal, a call for submissions, links."""
    from newsletter.model.issue import Standing
    from newsletter.model.when import read_date

    call: Call = ctx.obj
    between = Standing(
        read_date(first, where="--from") if first else None, read_date(last, where="--until") if last else None
    )
    show_issue(
        call,
        _editor(call).add_text(
            number_of(issue),
            long_text(content) or "",
            headline=headline,
            section=in_section,
            at=at,
            standing=between if standing or first or last else None,
        ),
    )


@app.command()
def edit(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    block: Annotated[int, BLOCK],
    headline: Annotated[str | None, typer.Option()] = None,
    teaser: Annotated[str | None, typer.Option(metavar="TEXT", help="What the subject says of it.")] = None,
    teaser_rank: Annotated[int | None, typer.Option(help="Its place among the teasers, from 1.")] = None,
    blurb: Annotated[str | None, typer.Option(help="Markdown, @FILE, or - for stdin.")] = None,
    outlet: Annotated[str | None, typer.Option()] = None,
    url: Annotated[str | None, typer.Option()] = None,
    alt: Annotated[str | None, typer.Option(metavar="TEXT", help="What a picture shows.")] = None,
    tags: Annotated[str | None, typer.Option(help="For the archive, parted by commas.")] = None,
    if_version: Annotated[int | None, IF_VERSION] = None,
) -> None:
    """Write over a block's original, which is kept; an empty text returns to it."""
    from newsletter.model.issue import BlockId

    call: Call = ctx.obj
    given = {
        "headline": long_text(headline),
        "teaser": long_text(teaser),
        "teaser_rank": teaser_rank,
        "blurb": long_text(blurb),
        "outlet": outlet,
        "url": url,
        "alt": alt,
        "tags": tags,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    show_issue(call, _editor(call).edit_block(number_of(issue), BlockId(block), fields, if_version=if_version))


@app.command()
def move(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    block: Annotated[int, BLOCK],
    to: Annotated[int, typer.Option("--to", min=1, metavar="N", help="The place in the section, from 1.")],
    in_section: Annotated[str | None, IN_SECTION] = None,
    if_version: Annotated[int | None, IF_VERSION] = None,
) -> None:
    """Move a block within its section or to another."""
    from newsletter.model.issue import BlockId

    call: Call = ctx.obj
    editor = _editor(call)
    moved = editor.move_block(number_of(issue), BlockId(block), to, section=in_section, if_version=if_version)
    show_issue(call, moved)


@app.command()
def remove(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    block: Annotated[int, BLOCK],
    if_version: Annotated[int | None, IF_VERSION] = None,
) -> None:
    """Remove a block; its items stay picked."""
    from newsletter.model.issue import BlockId

    call: Call = ctx.obj
    show_issue(call, _editor(call).remove_block(number_of(issue), BlockId(block), if_version=if_version))


@section.command("add")
def section_add(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    name: Annotated[str, typer.Argument(metavar="SECTION", help="The heading; may be ''.")],
    at: Annotated[int | None, typer.Option("--at", min=1, metavar="N", help="Its place among the sections.")] = None,
) -> None:
    """Add a section."""
    call: Call = ctx.obj
    show_issue(call, _editor(call).add_section(number_of(issue), name, at))


@section.command("rename")
def section_rename(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    name: Annotated[str, SECTION],
    new_name: Annotated[str | None, typer.Argument(metavar="NEW", help="The new heading; may be ''.")] = None,
    to: Annotated[str | None, typer.Option("--to", "--name", metavar="NEW", help="The new heading; may be ''.")] = None,
) -> None:
    """Give a section another heading."""
    from newsletter.errors import NewsletterError

    call: Call = ctx.obj
    wanted = to if new_name is None else new_name
    if wanted is None:
        raise NewsletterError("Say the new heading: newsletter issue section rename ISSUE SECTION NEW", where="NEW")
    show_issue(call, _editor(call).rename_section(number_of(issue), name, wanted))


@section.command("move")
def section_move(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    name: Annotated[str, SECTION],
    to: Annotated[int, typer.Option("--to", min=1, metavar="N", help="Its place among the sections.")],
) -> None:
    """Move a section."""
    call: Call = ctx.obj
    show_issue(call, _editor(call).move_section(number_of(issue), name, to))


@section.command("remove")
def section_remove(ctx: typer.Context, issue: Annotated[str, ISSUE], name: Annotated[str, SECTION]) -> None:
    """Remove a section; its blocks move to the end."""
    call: Call = ctx.obj
    show_issue(call, _editor(call).remove_section(number_of(issue), name))
