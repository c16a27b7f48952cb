"""The newsletter itself: its fields, when it comes out, the digest that fills itself, and its looks."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from newsletter.model.digest import Choice, RunOutcome, Then
from newsletter.model.finding import Level
from newsletter.workflows.answers.kinds import Day, Moment, described

PublicationJson = TypedDict(
    "PublicationJson",
    {
        "id": int,
        "name": str,
        "slug": str,
        "from": str,
        "reply_to": str,
        "address": str,
        "tagline": str,
        "zone": str,
        "language": str,
        "theme": str,
        "subject": str,
        "date_format": str,
        "event_days": int,
        "event_grouping": str,
        "event_zones": str,
        "send_late_within": str,
        "outlets": str,
    },
)
"""The newsletter, as `publication show` has it."""


@described
class CadenceJson(TypedDict):
    """When it comes out: `cadence show`."""

    cadence: str | None
    """The rule, as it was written; null: there is none."""
    next: list[Moment]
    """The next times, in the zone of the rule."""


@described
class HolidayJson(TypedDict):
    """A day on which nothing comes out by the cadence."""

    day: Day
    name: str
    moves: bool
    """Whether it comes on the day before; else it is left out."""


@described
class DigestRuleJson(TypedDict):
    """The rule by which a digest is made."""

    cadence: str
    """Its own; empty: the newsletter's."""
    sources: list[int]
    """Only from these; empty: from all."""
    sections: list[str]
    """Only what goes to these; empty: to any."""
    most: int
    least: int
    """With fewer items it is skipped."""
    choose: Choice
    max_age: str | None
    """As `2d`."""
    title: str | None
    subject: str | None
    theme: str | None
    then: Then


@described
class DigestRunJson(TypedDict):
    """What became of one occurrence of a digest."""

    local: str
    """Its local time; `by hand …` where a person asked for it."""
    at: Moment
    outcome: RunOutcome
    items: int
    issue: int | None
    """The number of the issue that was made."""
    why: str | None


@described
class DigestJson(TypedDict):
    """The digest of the newsletter: `digest show`."""

    digest: DigestRuleJson | None
    waits: NotRequired[str | None]
    """Why it does not run by itself before a person agrees."""
    next: NotRequired[list[Moment]]
    runs: list[DigestRunJson]
    """The last ones, the latest first."""


class DigestItemJson(TypedDict):
    """An item that a digest would take."""

    id: int
    title: str
    outlet: str | None
    section: str | None
    url: str | None


@described
class DigestTrialJson(TypedDict):
    """What a digest would take now: `digest run --dry-run`."""

    items: list[DigestItemJson]
    skipped: str | None
    """Why it would be skipped; null where it would be made."""


@described
class VariableJson(TypedDict):
    """A variable of a theme."""

    name: str
    type: str
    """colour, font, image, choice, text, switch or number."""
    label: str
    value: str | int | float | bool
    choices: list[str]


@described
class ThemeJson(TypedDict):
    """A look that an issue can have: `theme list`."""

    name: str
    title: str | None
    description: str | None
    shipped: bool
    error: str | None
    """Why it cannot be opened."""
    variables: list[VariableJson]


class ThemeFindingJson(TypedDict):
    """Something wrong with a theme."""

    level: Level
    code: str
    message: str
    where: str


@described
class ThemeCheckJson(TypedDict):
    """A theme, tried on the sample issue: `theme check`."""

    theme: str
    ok: bool
    """Whether no finding is an error."""
    findings: list[ThemeFindingJson]


@described
class LookJson(TypedDict):
    """A theme as the newsletter has it: `theme set`."""

    theme: str
    set: dict[str, str | int | float | bool]
    """What editors gave."""
    variables: dict[str, str | int | float | bool]
    """All of them."""


class NewThemeJson(TypedDict):
    """A theme that was begun: `theme new`."""

    theme: str
    folder: str


class SampleJson(TypedDict):
    """The sample issue in a theme: `theme preview`."""

    html: str
    text: str


@described
class PictureJson(TypedDict):
    """A picture that was taken in: `theme image`."""

    url: str
    """Where it is served, for everybody."""
    name: str
    width: int
    height: int
    bytes: int
