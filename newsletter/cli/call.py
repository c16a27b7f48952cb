"""One call of the command line: its workspace, opened only as far as the command needs, and its answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsletter.clock import Clock
    from newsletter.model.publication import Publication
    from newsletter.settings import Settings
    from newsletter.store import Store
    from newsletter.workflows.publish import Desk


@dataclass
class Call:
    """What every command gets as `ctx.obj`."""

    workspace_option: str | None = None
    publication_option: str | None = None
    json: bool = False
    _opened: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def workspace(self) -> Path:
        """The workspace's folder, absolute."""
        from newsletter.settings import workspace_folder

        return workspace_folder(self.workspace_option, os.environ)

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError where they cannot be used."""
        from newsletter.settings import load

        return load(self.workspace, os.environ)

    @cached_property
    def clock(self) -> Clock:
        """The clock, started at `NEWSLETTER_NOW` where that is set."""
        from newsletter.settings import clock_from

        return clock_from(os.environ.get("NEWSLETTER_NOW"))

    @cached_property
    def store(self) -> Store:
        """The open database."""
        from newsletter.store.opening import open_store

        store = open_store(self.settings.database_url, self.settings.workspace)
        self._opened.append(store.close)
        return store

    @cached_property
    def publication(self) -> Publication:
        """The publication of `--publication`, else the workspace's first."""
        from newsletter.store import publications

        with self.store.reading() as tx:
            return publications.find(tx, self.publication_option)

    @property
    def desk(self) -> Desk:
        """The publication, with what its workflows need."""
        from newsletter.workflows.publish import Desk

        return Desk(self.store, self.settings, self.clock, self.publication)

    @property
    def who(self) -> str:
        """The person at the keyboard, for the history of an issue."""
        return os.environ.get("USER") or "command line"

    def show(self, document: Any, text: object = None) -> None:
        """Answer: one JSON document with `--json`, else the text, renderable, or what the function returns."""
        if self.json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
            sys.stdout.flush()
            return
        rendered = text() if callable(text) else text
        if rendered is None:
            return
        if isinstance(rendered, str):
            sys.stdout.write(rendered.rstrip("\n") + "\n")
            return
        from rich.console import Console

        Console(soft_wrap=not sys.stdout.isatty()).print(rendered)

    def note(self, text: str) -> None:
        """A message for a person, on stderr."""
        sys.stderr.write(text.rstrip("\n") + "\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Give back what was opened."""
        while self._opened:
            self._opened.pop()()


def long_text(value: str | None) -> str | None:
    """A long text from an option: the text itself, `@FILE`, or `-` for stdin.

    Raises NewsletterError where the file cannot be read.
    """
    from newsletter.errors import NewsletterError

    if value == "-":
        return sys.stdin.read().rstrip("\n")
    if value is None or not value.startswith("@"):
        return value
    path = Path(value[1:])
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as cause:
        why = cause.strerror if isinstance(cause, OSError) else "it is not UTF-8 text"
        raise NewsletterError(f"The file {path} cannot be read: {why}.", where=str(path)) from cause
