"""Themes: the folders of templates and sheets that give an issue its look.

A theme of the workspace wins over the shipped one, file by file. With `base = "weekly"` in its theme.toml a theme
stands on another: it takes what it lacks from there, and its sheets and variables come after those. Templates run in
Jinja's sandbox on plain dicts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import NewsletterError, NotFound
from newsletter.render.columns import beside, upper, width_of, wrap
from newsletter.render.hints import hint, line_of
from newsletter.render.variables import BadVariable, Value, Variable, declared, in_sheet, near, overlaid
from newsletter.settings import Settings

DEFAULT = "weekly"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_KEYS = ("name", "description", "base", "variables")


class TemplateError(NewsletterError):
    """A template cannot be used: which file and line, and why."""

    def __init__(self, message: str, *, where: str) -> None:
        super().__init__(message, code="template", where=where)


@dataclass(frozen=True)
class Theme:
    """An opened theme."""

    name: str
    layers: tuple[tuple[Path, ...], ...]
    """The folders of the theme, then those of its base, and so on: in each the workspace's before the shipped one."""
    standby: Path
    """The shipped theme that has whatever none of them has."""
    title: str = ""
    description: str = ""
    declared: Mapping[str, Variable] = field(default_factory=dict)
    is_shipped: bool = True
    """Whether every file of it is one of ours, unchanged."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its templates are looked for, in this order."""
        return tuple(dict.fromkeys((*(folder for layer in self.layers for folder in layer), self.standby)))

    @property
    def variables(self) -> dict[str, Value]:
        """The value of each variable."""
        return {name: one.value for name, one in self.declared.items()}

    def with_values(self, values: Mapping[str, Value]) -> Theme:
        """The same theme with other values of its variables, where they can have them."""
        return replace(self, declared=overlaid(self.declared, values)) if values else self

    def render(self, template: str, view: Mapping[str, Any]) -> str:
        """A template filled with a view. Raises TemplateError naming the file, the line and what stands in it."""
        environment = _environment(self.folders, tuple(_listed(folder) for folder in self.folders))
        try:
            return environment.get_template(template).render(view)
        except TemplateNotFound as cause:
            meant = near(str(cause.name), environment.list_templates())
            raise TemplateError(
                f"The theme “{self.name}” has no file {cause.name}.{meant}",
                where=f"templates/{self.name}/{cause.name or template}",
            ) from cause
        except TemplateSyntaxError as cause:
            file = Path(cause.filename) if cause.filename else None
            where = f"{self._shown(file) if file else f'templates/{self.name}/{cause.name or template}'}:{cause.lineno}"
            said = hint(cause, file, cause.lineno, view, environment)
            raise TemplateError(f"{where} has a mistake: {said}", where=where) from cause
        except MemoryError:
            raise
        except Exception as cause:
            file, line = self._failed_at(cause)
            where = f"{self._shown(file)}:{line}" if file else f"templates/{self.name}/{template}"
            raise TemplateError(
                f"{where} cannot be filled: {hint(cause, file, line, view, environment)}", where=where
            ) from cause

    def sheet(self, name: str) -> str:
        """One of its sheets, after those of its bases, the variables put in; empty where there is none."""
        found = [file for layer in reversed(self.layers) for file in _first(layer, name)]
        texts = [self._filled(file) for file in found or _first((self.standby,), name)]
        return "\n".join(texts)

    def _filled(self, file: Path) -> str:
        text = _read(file, self._shown(file))
        try:
            return in_sheet(text, self.variables)
        except BadVariable as cause:
            where = f"{self._shown(file)}:{line_of(text, cause)}"
            raise TemplateError(f"{where}: {cause}", where=where) from cause

    def place_in_sheet(self, name: str, wanted: str) -> tuple[str, str]:
        """Where in its own sheet of this name something stands: the file with the line, and the line itself."""
        for layer in self.layers:
            for file in _first(layer, name):
                lines = list(enumerate(_read(file, self._shown(file)).splitlines(), 1))
                whole = [(number, line) for number, line in lines if line.strip() == wanted]
                for number, line in (*whole, *lines):
                    if wanted and wanted in line:
                        return f"{self._shown(file)}:{number}", line.strip()
        return f"templates/{self.name}/{name}", ""

    def _shown(self, file: Path) -> str:
        for folder in self.folders:
            if file.is_relative_to(folder):
                return f"templates/{folder.name}/{file.relative_to(folder).as_posix()}"
        return f"templates/{self.name}/{file.name}"

    def _failed_at(self, cause: BaseException) -> tuple[Path | None, int]:
        for frame in reversed(extract_tb(cause.__traceback__)):
            file = Path(frame.filename)
            if any(file.is_relative_to(folder) for folder in self.folders):
                return file, frame.lineno or 1
        return None, 1


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
    """The theme of this name. Files that the workspace's copy lacks come from the shipped one, then from its base.

    Raises NotFound with the names there are, TemplateError where a theme.toml cannot be used.
    """
    chain, tables = _chain(name, settings)
    roots = (settings.templates, shipped_templates())
    layers = tuple(tuple(folder for folder in (root / one for root in roots) if folder.is_dir()) for one in chain)
    standby = shipped_templates() / DEFAULT
    variables: dict[str, Variable] = {}
    layered = [standby, *(folder for layer in reversed(layers) for folder in reversed(layer))]
    for folder in dict.fromkeys(layered):
        table = tables.get(folder) or _table(folder)
        try:
            given = table.get("variables", {})
            if not isinstance(given, dict):
                raise BadVariable("[variables] must be a table.")
            variables = declared(given, variables)
        except BadVariable as cause:
            where = f"templates/{folder.name}/theme.toml"
            raise TemplateError(f"{where}: {cause}", where=where) from cause
    own = [tables[folder] for folder in layers[0] if folder in tables]
    said = {key: next((str(table[key]) for table in own if key in table), "") for key in ("name", "description")}
    return Theme(
        name,
        layers,
        standby,
        title=said["name"] or name,
        description=said["description"],
        declared=variables,
        is_shipped=all(_is_ours(folder) for layer in layers for folder in layer),
    )


def _chain(name: str, settings: Settings) -> tuple[list[str], dict[Path, Mapping[str, Any]]]:
    """A theme, its base, the base of that; and the tables of their theme.toml files, by folder."""
    roots = (settings.templates, shipped_templates())
    chain: list[str] = []
    tables: dict[Path, Mapping[str, Any]] = {}
    asked, where = name, "theme"
    while asked or not chain:
        if not _NAME.fullmatch(asked) or not any(_is_theme(root / asked) for root in roots):
            names = ", ".join(f"“{one}”" for one in theme_names(settings))
            raise NotFound(
                f"There is no theme “{asked}”; there are: {names}.{near(asked, theme_names(settings))}", where=where
            )
        if asked in chain:
            raise TemplateError(f"{where}: the theme “{asked}” stands on itself.", where=where)
        chain.append(asked)
        base = ""
        for folder in (root / chain[-1] for root in roots):
            if folder.is_dir():
                tables[folder] = _table(folder)
                base = base or str(tables[folder].get("base", ""))
        asked, where = base, f"templates/{chain[-1]}/theme.toml"
    return chain, tables


def _is_theme(folder: Path) -> bool:
    return any((folder / file).is_file() for file in ("theme.toml", "issue.html.j2", "inline.css"))


def _is_ours(folder: Path) -> bool:
    """Whether every file of a folder is in the shipped theme of its name, byte for byte."""
    ours = shipped_templates() / folder.name
    if folder == ours:
        return True
    files = [file for file in folder.rglob("*") if not file.is_dir()]
    try:
        return all(file.read_bytes() == (ours / file.relative_to(folder)).read_bytes() for file in files)
    except OSError:
        return False


def _first(layer: tuple[Path, ...], name: str) -> Iterator[Path]:
    """The first of the folders' files of a name, none or one."""
    return iter([folder / name for folder in layer if (folder / name).is_file()][:1])


def _read(file: Path, shown: str) -> str:
    try:
        if not _stays_in(file, file.parent):
            raise FileNotFoundError
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise TemplateError(f"{shown} cannot be read; it must be a UTF-8 text file.", where=shown) from cause


def _table(folder: Path) -> Mapping[str, Any]:
    file, where = folder / "theme.toml", f"templates/{folder.name}/theme.toml"
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(_read(file, where))
    except tomllib.TOMLDecodeError as cause:
        raise TemplateError(f"{where} is not valid TOML: {cause}.", where=where) from cause
    for key in table:
        if key not in _KEYS:
            raise TemplateError(f"{where} says “{key}”, which no theme has.{near(key, _KEYS)}", where=where)
    return table


def _stays_in(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


class Folder(FileSystemLoader):
    """The files of one folder, and none that a symbolic link leads to outside of it."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        """The text of a template, its file, and whether it is as it was. Raises TemplateNotFound."""
        found = super().get_source(environment, template)
        if not any(_stays_in(Path(found[1]), Path(folder)) for folder in self.searchpath):
            raise TemplateNotFound(template)
        return found


def _listed(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.name for file in folder.iterdir()))


@lru_cache(maxsize=32)
def _environment(folders: tuple[Path, ...], _files: tuple[tuple[str, ...], ...]) -> ImmutableSandboxedEnvironment:
    """Compiled templates are kept while the same files are there; Jinja sees itself when one of them changes."""
    loaders: list[BaseLoader] = [Folder(folder) for folder in folders]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=lambda name: name is None or ".txt" not in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["upper"] = upper
    environment.filters["wrapped"] = wrap
    environment.filters["beside"] = beside
    environment.filters["columns"] = width_of
    return environment
