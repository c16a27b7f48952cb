"""Themes and their looks as JSON, for the command line and the API."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.model.asset import Asset, image_url
from newsletter.settings import Settings
from newsletter.workflows.answers.newsletters import LookJson, PictureJson, ThemeCheckJson, ThemeJson
from newsletter.workflows.looks import Look
from newsletter.workflows.themes import Fault, themes


def themes_json(settings: Settings) -> list[ThemeJson]:
    """The themes there are, with their variables, or why one cannot be opened."""
    return [
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
        for name, theme, error in themes(settings)
    ]


def theme_check_json(name: str, faults: Sequence[Fault]) -> ThemeCheckJson:
    """What is wrong with a theme."""
    return {
        "theme": name,
        "ok": not any(fault.level == "error" for fault in faults),
        "findings": [
            {"level": one.level, "code": one.code, "message": one.message, "where": one.where} for one in faults
        ],
    }


def look_json(look: Look) -> LookJson:
    """A theme as the newsletter has it."""
    return {"theme": look.theme.name, "set": dict(look.given), "variables": dict(look.theme.variables)}


def picture_json(settings: Settings, asset: Asset) -> PictureJson:
    """A picture that was taken in, with its address."""
    return {
        "url": image_url(settings.base_url, asset.name),
        "name": asset.name,
        "width": asset.width,
        "height": asset.height,
        "bytes": asset.size,
    }
