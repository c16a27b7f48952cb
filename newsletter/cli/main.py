"""The `newsletter` command: global options in any place, exit codes, and errors in one sentence."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer

from newsletter.cli.call import Call
from newsletter.cli.commands import Root
from newsletter.errors import NewsletterError, SettingsError

app = typer.Typer(
    name="newsletter",
    cls=Root,
    help="Collect, pick, order, render, schedule and send a newsletter.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_WITH_VALUE = ("--workspace", "--publication")


def _version(wanted: bool) -> None:
    if wanted:
        from newsletter import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    workspace: Annotated[str | None, typer.Option(help="The workspace folder; else NEWSLETTER_WORKSPACE.")] = None,
    publication: Annotated[str | None, typer.Option(help="A publication's name; else the first one.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Global options are accepted before or after the command."""
    call: Call = ctx.obj
    call.workspace_option, call.publication_option, call.json = workspace, publication, json


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the global options first, wherever they stood; what follows `--` is left alone."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json" or word.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            first.append(word)
        elif word in _WITH_VALUE:
            value = next(words, None)
            if value is None:  # alone, so that it is told what is missing, and no other word is taken for it
                return [*first, word]
            first += [word, value]
        else:
            rest.append(word)
    return first + rest


@cache
def _root() -> Any:
    import typer.main

    return typer.main.get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 a person is needed, 2 refused, 3 changed meanwhile."""
    call = Call()
    words = hoisted(arguments)
    try:
        code = _root().main(args=words, prog_name="newsletter", standalone_mode=False, obj=call)
        return code if isinstance(code, int) else 0
    except NewsletterError as error:
        return _fail(error, as_json="--json" in words)
    except typer.Exit as leaving:
        return leaving.exit_code
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) went away; nothing is wrong with the run.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        usage = _usage(error)
        if usage is None:
            raise
        if type(error).__name__ == "NoArgsIsHelpError" and "--json" not in words:
            sys.stderr.write(f"{error}\n")  # the help itself
            return usage.exit_code
        return _fail(usage, as_json="--json" in words)
    finally:
        call.close()


def _usage(error: Exception) -> NewsletterError | None:
    """A wrong call, as the parser tells it."""
    form = getattr(error, "format_message", None)
    if form is None or not hasattr(error, "exit_code"):
        return None
    context: Any = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "newsletter"
    if type(error).__name__ == "NoArgsIsHelpError":
        return NewsletterError(f"Say what to do. {where} --help lists the commands.", code="usage", where=where)
    message = str(form()).strip()
    return NewsletterError(f"{message} Try: {where} --help", code="usage", where=where)


def _fail(error: NewsletterError, *, as_json: bool) -> int:
    if as_json:
        document = {"error": {"code": error.code, "message": error.message, "where": error.where}}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    elif error.message:
        sys.stderr.write(f"newsletter: {_place(error)}{error.message}\n")
    if os.environ.get("NEWSLETTER_DEBUG"):
        import traceback

        traceback.print_exception(error)
    return error.exit_code


def _place(error: NewsletterError) -> str:
    """The file or the variable with a wrong setting, where the sentence does not name it."""
    where = error.where or ""
    is_place = where.startswith(("NEWSLETTER_", "/"))
    return f"{where}: " if isinstance(error, SettingsError) and is_place and where not in error.message else ""


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows only ASCII must not end a command
    sys.exit(run(sys.argv[1:]))
