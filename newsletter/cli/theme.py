"""`newsletter theme`: the looks an issue can have, and making one."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call

app = typer.Typer(help="The looks an issue can have.", no_args_is_help=True)

NAME = typer.Argument(metavar="NAME", help="A theme's name.")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the themes there are."""
    from newsletter.workflows.theme_shapes import themes_json

    call: Call = ctx.obj
    found = themes_json(call.settings)
    call.show(found, "\n".join(f"{one['name']:<12} {one['error'] or one['description'] or ''}" for one in found))


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    base: Annotated[str, typer.Option("--base", help="The theme it stands on.")] = "weekly",
) -> None:
    """Make a theme that stands on another, with the variables it may change."""
    from newsletter.workflows.themes import new_theme

    call: Call = ctx.obj
    folder = new_theme(call.settings, name, base)
    call.show({"theme": name, "folder": str(folder)}, f"{folder}\nSee it: newsletter theme preview {name} --watch")


@app.command()
def check(ctx: typer.Context, name: Annotated[str, NAME]) -> None:
    """Try a theme on the sample issue, and say what is wrong."""
    from newsletter.workflows.theme_shapes import theme_check_json
    from newsletter.workflows.themes import check_theme

    call: Call = ctx.obj
    told = theme_check_json(name, check_theme(call.settings, name))
    lines = (f"{one['level'].value:<8} {one['code']:<20} {one['message']}" for one in told["findings"])
    call.show(told, "\n".join(lines) or "Nothing to mend.")
    if not told["ok"]:
        raise typer.Exit(1)


@app.command("set")
def set_(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    given: Annotated[list[str], typer.Argument(metavar="VARIABLE=VALUE…", help="Empty: as the theme has it.")],
) -> None:
    """Set variables of a theme for this newsletter."""
    from newsletter.errors import NewsletterError
    from newsletter.workflows.looks import set_look
    from newsletter.workflows.theme_shapes import look_json

    call: Call = ctx.obj
    if bare := [one for one in given if "=" not in one]:
        raise NewsletterError(f"“{bare[0]}” says no value: write VARIABLE=VALUE.", where=bare[0])
    pairs = (one.partition("=") for one in given)
    look = set_look(call.desk, name, {variable.strip(): value for variable, _, value in pairs})
    call.show(
        look_json(look),
        "\n".join(f"{key} = {value}" for key, value in look.given.items()) or f"“{name}” is as its files say.",
    )


@app.command()
def image(
    ctx: typer.Context,
    picture: Annotated[str, typer.Argument(metavar="FILE|URL", help="JPEG, PNG, WebP or GIF.")],
) -> None:
    """Take in a picture for a theme, and print the address to write into theme.toml."""
    from newsletter.workflows.images import received
    from newsletter.workflows.theme_shapes import picture_json

    call: Call = ctx.obj
    asset = received(call.desk, picture, who=call.who)
    told = picture_json(call.settings, asset)
    call.show(told, f"{told['url']}  {asset.width} × {asset.height}, {asset.size // 1024} KB")


@app.command()
def preview(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the files go.")] = ".",
    watch: Annotated[bool, typer.Option("--watch", help="Show it in the browser, and each change.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="With --watch.")] = 8010,
) -> None:
    """Write the sample issue in a theme as files, or watch it in the browser."""
    from pathlib import Path

    from newsletter.workflows.theme_watch import watch as show
    from newsletter.workflows.themes import write_sample

    call: Call = ctx.obj
    if watch:
        show(call.settings, name, port, lambda url: call.note(f"{url} shows the theme “{name}”. Ctrl-C ends it."))
        return
    html, text = write_sample(call.settings, name, Path(out).absolute())
    call.show({"html": str(html), "text": str(text)}, f"{html}\n{text}")
