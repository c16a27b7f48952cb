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
    from newsletter.workflows.themes import themes

    call: Call = ctx.obj
    found = themes(call.settings)
    call.show(
        [
            {
                "name": name,
                "title": theme.title if theme else None,
                "description": theme.description if theme else None,
                "shipped": bool(theme and theme.is_shipped),
                "error": error or None,
                "variables": [
                    {
                        "name": one.name,
                        "type": one.type,
                        "label": one.label,
                        "value": one.value,
                        "choices": list(one.choices),
                    }
                    for one in (theme.declared.values() if theme else ())
                ],
            }
            for name, theme, error in found
        ],
        "\n".join(f"{name:<12} {error or (theme.description if theme else '')}" for name, theme, error in found),
    )


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
    from newsletter.workflows.themes import check_theme

    call: Call = ctx.obj
    faults = check_theme(call.settings, name)
    ok = not any(fault.level == "error" for fault in faults)
    call.show(
        {
            "theme": name,
            "ok": ok,
            "findings": [
                {"level": one.level.value, "code": one.code, "message": one.message, "where": one.where}
                for one in faults
            ],
        },
        "\n".join(f"{one.level.value:<8} {one.code:<20} {one.message}" for one in faults) or "Nothing to mend.",
    )
    if not ok:
        raise typer.Exit(1)


@app.command("set")
def set_(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    given: Annotated[list[str], typer.Argument(metavar="VARIABLE=VALUE…", help="Empty: as the theme has it.")],
) -> None:
    """Set variables of a theme for this newsletter."""
    from newsletter.cli.issue_sending import desk
    from newsletter.errors import NewsletterError
    from newsletter.workflows.looks import set_look

    call: Call = ctx.obj
    if bare := [one for one in given if "=" not in one]:
        raise NewsletterError(f"“{bare[0]}” says no value: write VARIABLE=VALUE.", where=bare[0])
    pairs = (one.partition("=") for one in given)
    look = set_look(desk(call), name, {variable.strip(): value for variable, _, value in pairs})
    call.show(
        {"theme": name, "set": dict(look.given), "variables": look.theme.variables},
        "\n".join(f"{key} = {value}" for key, value in look.given.items()) or f"“{name}” is as its files say.",
    )


@app.command()
def image(
    ctx: typer.Context,
    picture: Annotated[str, typer.Argument(metavar="FILE|URL", help="JPEG, PNG, WebP or GIF.")],
) -> None:
    """Take in a picture for a theme, and print the address to write into theme.toml."""
    from newsletter.cli.issue_sending import desk
    from newsletter.model.asset import image_url
    from newsletter.workflows.images import received

    call: Call = ctx.obj
    asset = received(desk(call), picture, who=call.who)
    url = image_url(call.settings.base_url, asset.name)
    call.show(
        {"url": url, "name": asset.name, "width": asset.width, "height": asset.height, "bytes": asset.size},
        f"{url}  {asset.width} × {asset.height}, {asset.size // 1024} KB",
    )


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
