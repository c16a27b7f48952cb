"""`newsletter issue image`: a picture in an issue."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call, long_text


def image(
    ctx: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="A number, or latest.")],
    picture: Annotated[str, typer.Argument(metavar="FILE|URL", help="JPEG, PNG, WebP or GIF.")],
    alt: Annotated[str, typer.Option("--alt", metavar="TEXT", help="What it shows, for those who do not see it.")],
    caption: Annotated[str | None, typer.Option(help="Words below it: Markdown, @FILE, or - for stdin.")] = None,
    link: Annotated[str | None, typer.Option("--link", metavar="URL", help="Where a click leads.")] = None,
    in_section: Annotated[
        str | None, typer.Option("--section", help="A section's heading or id; '' is the first one without a heading.")
    ] = None,
    at: Annotated[int | None, typer.Option("--at", min=1, help="The place in the section, from 1.")] = None,
) -> None:
    """Add a picture, taken in and hosted by us."""
    from newsletter.cli.issue import number_of, show_issue
    from newsletter.cli.issue_sending import desk
    from newsletter.queue.editing import Editor
    from newsletter.workflows.images import add_picture

    call: Call = ctx.obj
    added = add_picture(
        desk(call),
        Editor(call.store, call.clock, call.publication, call.who),
        number_of(issue),
        picture,
        alt=alt,
        caption=long_text(caption) or "",
        url=link or "",
        section=in_section,
        at=at,
    )
    show_issue(call, added)
