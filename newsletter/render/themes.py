"""Themes: the folders of templates and sheets that give an issue its look.

A theme of the workspace wins over the shipped one, file by file. Templates run in Jinja's sandbox on plain dicts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import NewsletterError, NotFound
from newsletter.render.columns import beside, width_of, wrap
from newsletter.settings import Settings

DEFAULT = "weekly"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class TemplateError(NewsletterError):
    """A template cannot be used: which file and line, and why."""

    def __init__(self, message: str, *, where: str) -> None:
        super().__init__(message, code="template", where=where)


@dataclass(frozen=True)
class Theme:
    """An opened theme."""

    name: str
    folders: tuple[Path, ...]
    """Where its files are looked for, in this order."""
    variables: Mapping[str, Any]

    def render(self, template: str, view: Mapping[str, Any]) -> str:
        """A template filled with a view. Raises TemplateError naming the file and the line."""
        try:
            return self._environment().get_template(template).render(view)
        except TemplateNotFound as cause:
            raise TemplateError(
                f"The theme “{self.name}” has no file {cause.name}.", where=self._shown(str(cause.name or template))
            ) from cause
        except TemplateSyntaxError as cause:
            where = f"{self._shown(cause.name or template)}:{cause.lineno}"
            raise TemplateError(f"{where} has a mistake: {_sentence(cause)}", where=where) from cause
        except Exception as cause:
            where = self._failed_at(template, cause)
            raise TemplateError(f"{where} cannot be filled: {_sentence(cause)}", where=where) from cause

    def sheet(self, name: str) -> str:
        """The text of one of the theme's files; empty where none of its folders has it."""
        for folder in self.folders:
            try:
                return (folder / name).read_text(encoding="utf-8")
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError) as cause:
                raise TemplateError(
                    f"{self._shown(name)} cannot be read; it must be a UTF-8 text file.", where=self._shown(name)
                ) from cause
        return ""

    def _environment(self) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in self.folders]),
            autoescape=lambda name: name is None or ".txt" not in name,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["wrapped"] = wrap
        environment.filters["beside"] = beside
        environment.filters["columns"] = width_of
        return environment

    def _shown(self, file: str) -> str:
        return f"templates/{self.name}/{file}"

    def _failed_at(self, template: str, cause: BaseException) -> str:
        for frame in reversed(extract_tb(cause.__traceback__)):
            for folder in self.folders:
                if Path(frame.filename).is_relative_to(folder):
                    return f"{self._shown(Path(frame.filename).relative_to(folder).as_posix())}:{frame.lineno}"
        return self._shown(template)


def shipped_templates() -> Path:
    """The templates that come with us: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_shipped" / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def theme_names(settings: Settings) -> list[str]:
    """The themes there are, in the workspace and shipped."""
    return sorted(
        {
            folder.name
            for root in (settings.templates, shipped_templates())
            if root.is_dir()
            for folder in root.iterdir()
            if _is_theme(folder)
        }
    )


def open_theme(name: str, settings: Settings) -> Theme:
    """The theme of this name. Files that the workspace's copy lacks come from the shipped one, else from “weekly”.

    Raises NotFound with the names there are.
    """
    shipped = shipped_templates()
    roots = (settings.templates, shipped)
    if not _NAME.fullmatch(name) or not any(_is_theme(root / name) for root in roots):
        names = ", ".join(f"“{one}”" for one in theme_names(settings))
        raise NotFound(f"There is no theme “{name}”; there are: {names}.", where="theme")
    folders = dict.fromkeys((*(root / name for root in roots), shipped / DEFAULT))
    theme = Theme(name, tuple(folder for folder in folders if folder.is_dir()), {})
    return Theme(name, theme.folders, _variables(theme))


def _is_theme(folder: Path) -> bool:
    return any((folder / file).is_file() for file in ("theme.toml", "issue.html.j2", "inline.css"))


def _variables(theme: Theme) -> Mapping[str, Any]:
    where = f"templates/{theme.name}/theme.toml"
    try:
        found = tomllib.loads(theme.sheet("theme.toml")).get("variables", {})
    except tomllib.TOMLDecodeError as cause:
        raise TemplateError(f"{where} is not valid TOML: {cause}.", where=where) from cause
    if not isinstance(found, dict) or not all(isinstance(one, str | int | float | bool) for one in found.values()):
        raise TemplateError(
            f"{where}: [variables] may hold texts, numbers and true or false, each on its own line.", where=where
        )
    return found


def _sentence(cause: BaseException) -> str:
    said = " ".join(str(cause).split()) or type(cause).__name__
    return said if said.endswith((".", "!", "?")) else f"{said}."
