"""Themes for their designers: a new one, one tried on the sample issue, and one looked at while it changes."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.asset import image_url
from newsletter.model.finding import Level
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.reading import html_for, text_for
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import preflight
from newsletter.render.checks.contrast import ENOUGH, contrast
from newsletter.render.compose import compose
from newsletter.render.sample_issue import Sample, sample_issue, told_titles
from newsletter.render.themes import TemplateError, Theme, open_theme, theme_names
from newsletter.render.variables import Value
from newsletter.settings import Settings

LANGUAGES = ("en", "ar")
"""The sample is tried from left to right and from right to left."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a theme, and in which file."""

    level: Level
    code: str
    message: str
    where: str


def themes(settings: Settings) -> list[tuple[str, Theme | None, str]]:
    """The themes there are: name, the theme, or why it cannot be opened."""
    found: list[tuple[str, Theme | None, str]] = []
    for name in theme_names(settings):
        try:
            found.append((name, open_theme(name, settings), ""))
        except NewsletterError as cause:
            found.append((name, None, cause.message))
    return found


def new_theme(settings: Settings, name: str, base: str) -> Path:
    """A folder for a theme that stands on another, with the variables it may change.

    Raises NewsletterError where the name cannot be used or there is such a theme, NotFound for an unknown base.
    """
    if not _FILE.fullmatch(name) or name in theme_names(settings):
        why = "there is one already" if _FILE.fullmatch(name) else "write letters, digits, hyphens and underscores"
        raise NewsletterError(f"A theme cannot be called “{name}”: {why}.", where="NAME")
    ground = open_theme(base, settings)
    folder = settings.templates / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "theme.toml").write_text(_toml(name, base, ground), encoding="utf-8")
        (folder / "inline.css").write_text("/* What stands here comes after the inline.css of the base. */\n")
        (folder / "head.css").write_text(
            "/* What stands here comes after the head.css of the base: media, dark, hover. */\n"
        )
    except OSError as cause:
        raise NewsletterError(f"{folder} cannot be written: {cause.strerror}.", where=str(folder)) from cause
    return folder


def _toml(name: str, base: str, ground: Theme) -> str:
    lines = [
        f'name = "{name.replace("-", " ").replace("_", " ").capitalize()}"',
        'description = ""',
        "",
        "# What this folder lacks comes from that theme; copy a template from there to change it. To see it:",
        f"#   newsletter theme preview {name} --watch",
        "# The issue that it shows is sample.toml, of the base as long as there is none here.",
        f'base = "{base}"',
        "",
        "# Take the sign # away before what you want to change.",
        "[variables]",
    ]
    for variable in ground.declared.values():
        lines += [f"# {variable.label or variable.type}", f"# {variable.name} = {_value(variable.value)}"]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def check_theme(settings: Settings, name: str) -> list[Fault]:
    """Everything that is wrong with a theme, tried on the sample issue. Raises NotFound for an unknown one."""
    if name not in theme_names(settings):
        open_theme(name, settings)
        raise NotFound(f"There is no theme “{name}”.", where="NAME")
    faults: dict[tuple[str, str], Fault] = {}
    for language in LANGUAGES:
        for fault in _tried(settings, name, language):
            faults.setdefault((fault.code, fault.message), fault)
        if any(fault.code == "template" for fault in faults.values()):
            break  # in another language it is no better, and a loop costs its time again
    for fault in _in_the_dark(settings, name):
        faults.setdefault((fault.code, fault.message), fault)
    return sorted(faults.values(), key=lambda fault: fault.level is not Level.ERROR)


def _in_the_dark(settings: Settings, name: str) -> Iterator[Fault]:
    """Colours that head.css puts upon each other; no style attribute knows of them."""
    try:
        known = open_theme(name, settings).variables
    except TemplateError:
        return
    for text in ("ink_dark", "quiet_dark", "accent_dark"):
        for ground in ("paper_dark", "tint_dark"):
            if text in known and ground in known:
                ratio = contrast(str(known[text]), str(known[ground]))
                if ratio < ENOUGH:
                    yield Fault(
                        Level.WARNING,
                        "contrast",
                        f"In the dark {text} is {known[text]} on {ground} {known[ground]}: {ratio:.1f}:1 apart; "
                        f"choose colours of at least {ENOUGH}:1.",
                        f"templates/{name}/theme.toml",
                    )


def _tried(settings: Settings, name: str, language: str) -> Sequence[Fault]:
    try:
        sample = sample_issue(name, settings, language=language)
        data = _composed(sample)
    except TemplateError as cause:
        return [Fault(Level.ERROR, cause.code, cause.message, cause.where or "")]
    missing = [
        Fault(Level.WARNING, "item-missing", f"The {part} part leaves out “{title}”.", f"templates/{name}/{file}")
        for part, text, file in (("HTML", unescape(data.html), "issue.html.j2"), ("text", data.text, "issue.txt.j2"))
        for title in told_titles(sample)
        if not _says(text, title)
    ]
    missing += [
        Fault(
            Level.WARNING,
            "item-missing",
            f"The {part} part leaves out the picture “{alt}”.",
            f"templates/{name}/{file}",
        )
        for part, text, file in (("HTML", unescape(data.html), "issue.html.j2"), ("text", data.text, "issue.txt.j2"))
        for alt in (block.alt for block in sample.issue.outline.blocks() if block.alt)
        if not _says(text, alt)
    ]
    findings = preflight(
        sample.publication, sample.issue, data, settings=sample.settings, on=sample.day, assets=sample.assets
    )
    return [Fault(one.level, one.code, one.message, f"templates/{name}") for one in findings] + missing


def _says(text: str, words: str) -> bool:
    """Whether a text has the words, however they are wrapped and in whatever case."""
    return "".join(words.split()).casefold() in "".join(text.split()).casefold()


def _composed(sample: Sample, look: Mapping[str, Value] | None = None) -> RenditionData:
    return compose(
        sample.publication,
        sample.issue,
        sample.versions,
        sample.occurrences,
        settings=sample.settings,
        on=sample.day,
        assets=sample.assets,
        look=look,
    )


def sample_in(
    settings: Settings,
    name: str,
    *,
    pictures: Callable[[str, Path], str] | None = None,
    look: Mapping[str, Value] | None = None,
) -> RenditionData:
    """The sample issue of a theme, its reader's links filled in. Raises NewsletterError with what is wrong.

    `pictures` says the address of each picture of the sample by its name and its file; without it, each stands in the
    document itself. `look` has values for variables of the theme.
    """
    sample = sample_issue(name, settings)
    data = _for_nobody(_composed(sample, look))
    html = data.html
    for picture, file in sample.pictures.items():
        address = (pictures or _within)(picture, file)
        html = html.replace(f'src="{image_url(data.base_url, picture)}"', f'src="{address}"')
    return replace(data, html=html)


def _within(_: str, file: Path) -> str:
    return "data:image/png;base64," + b64encode(file.read_bytes()).decode()


def _for_nobody(data: RenditionData) -> RenditionData:
    values = {UNSUBSCRIBE: f"{data.base_url}/unsubscribe/sample"}
    return replace(
        data,
        html=html_for(data, values),
        text=text_for(data, values),
    )


def write_sample(settings: Settings, name: str, folder: Path) -> tuple[Path, Path]:
    """The sample issue in a theme as `NAME.html` and `NAME.txt`. Raises NewsletterError where that cannot be."""
    data = sample_in(settings, name)
    html, text = folder / f"{name}.html", folder / f"{name}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        html.write_text(data.html, encoding="utf-8")
        text.write_text(data.text, encoding="utf-8")
    except OSError as cause:
        raise NewsletterError(f"{folder} cannot be written: {cause.strerror}.", where=str(folder)) from cause
    return html, text
