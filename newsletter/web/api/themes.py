"""The looks that an issue can have."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from newsletter.model.user import Role
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.outline import web_address
from newsletter.web.api.paging import part
from newsletter.web.api.uploads import described, sent
from newsletter.web.api.words import Body, Cursor, Limit, Line
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.web.roles import needs
from newsletter.workflows import images
from newsletter.workflows.answers.newsletters import (
    LookJson,
    NewThemeJson,
    PictureJson,
    SampleJson,
    ThemeCheckJson,
    ThemeJson,
)
from newsletter.workflows.looks import look_of, set_look
from newsletter.workflows.theme_shapes import look_json, picture_json, theme_check_json, themes_json
from newsletter.workflows.themes import check_theme, new_theme, sample_in

router = APIRouter(route_class=Route, tags=["themes"])
Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00/]+$")]
Value = Annotated[str, Field(max_length=2_000)] | bool | int | float | None


@router.get("/themes")
def list_themes(
    by: By, request: Request, response: Response, limit: Limit = 500, cursor: Cursor = None
) -> list[ThemeJson]:
    """The themes there are, with their variables: `theme list`."""
    return list(part(request, response, themes_json(by.settings), limit, cursor))


class NewTheme(Body):
    """A theme that stands on another."""

    name: Annotated[Line, Field(max_length=100)]
    base: Annotated[Line, Field(max_length=100, description="The theme it stands on.")] = "weekly"


@router.post("/themes", status_code=201, dependencies=[needs(Role.ADMIN)])
def make_theme(by: By, body: NewTheme) -> NewThemeJson:
    """Make a theme in the workspace, with the variables it may change: `theme new`. Its files are edited there."""
    return {"theme": body.name, "folder": str(new_theme(by.settings, body.name, body.base))}


class Picture(Body):
    """Where a picture is; in a form the file stands in its place."""

    url: Line


@router.post(
    "/themes/images",
    status_code=201,
    dependencies=[takes(images.LARGEST + MEGABYTE)],
    openapi_extra=described(Picture),
    response_model=PictureJson,
)
async def take_picture(by: By, request: Request) -> PictureJson:
    """Take in a picture for a theme: `theme image FILE|URL`. Its address is for a variable of kind image."""
    body, file = await sent(request, Picture, optional={"url"})

    def work() -> PictureJson:
        return picture_json(by.settings, images.received(by.desk, file or web_address(body.url), who=by.who))

    return await run_in_threadpool(work)


@router.get("/themes/{theme}/check")
def try_theme(by: By, theme: Name) -> ThemeCheckJson:
    """Try a theme on its sample issue, and say what is wrong: `theme check`."""
    return theme_check_json(theme, check_theme(by.settings, theme))


@router.get("/themes/{theme}/sample")
def sample(by: By, theme: Name) -> SampleJson:
    """The sample issue in a theme, as the newsletter has it: `theme preview`."""
    look = look_of(by.desk, theme)
    found = sample_in(by.settings, theme, look=look.given)
    return {"html": found.html, "text": found.text}


@router.get("/themes/{theme}/look")
def show_look(by: By, theme: Name) -> LookJson:
    """The values of a theme's variables in this newsletter."""
    return look_json(look_of(by.desk, theme))


class Variables(Body):
    """Variables and their values; null or empty: as the theme has it."""

    variables: Annotated[dict[Line, Value], Field(max_length=200)]


@router.patch("/themes/{theme}/look", dependencies=[needs(Role.PUBLISHER)])
def change_look(by: By, theme: Name, body: Variables) -> LookJson:
    """Set variables of a theme for this newsletter, all or none: `theme set NAME VARIABLE=VALUE`."""
    texts = {name: _text(value) for name, value in body.variables.items()}
    return look_json(set_look(by.desk, theme, texts))


def _text(value: str | bool | int | float | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
