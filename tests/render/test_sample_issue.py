"""The sample issue of a theme: its own, that of its base, and mistakes in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.render.sample_issue import sample_issue, told_titles
from newsletter.render.themes import TemplateError
from newsletter.settings import Settings
from newsletter.workflows.themes import check_theme, sample_in

SMALL = """
day = 2026-12-04
[publication]
name = "The Quay"
sender = "quay@letter.example.org"
address = "Quay 1"
[[sections]]
name = "Boats"
[[sections.blocks]]
teaser = "A boat"
[[sections.blocks.items]]
title = "A boat came in"
outlet = "Harbour"
url = "https://harbour.example/1"
"""


@pytest.fixture
def theme(tmp_path: Path) -> Callable[[str], Settings]:
    """A theme `quay` on `weekly`, with a sample of its own."""

    def made(text: str) -> Settings:
        folder = tmp_path / "templates" / "quay"
        folder.mkdir(parents=True)
        (folder / "theme.toml").write_text('base = "weekly"\n')
        (folder / "sample.toml").write_text(text, encoding="utf-8")
        return Settings(workspace=tmp_path)

    return made


@pytest.mark.parametrize("name", ["weekly", "digest", "letter"])
def test_each_shipped_theme_has_a_sample_of_its_own(name: str) -> None:
    settings = Settings(workspace=Path("/nowhere"))
    sample = sample_issue(name, settings)
    assert len(list(told_titles(sample))) > 8
    others = {other: sample_issue(other, settings).issue.outline for other in ("weekly", "digest", "letter")}
    assert [other for other, outline in others.items() if outline == sample.issue.outline] == [name]
    html = sample_in(settings, name).html
    assert "/images/" not in html
    assert ("data:image/png;base64," in html) is bool(sample.pictures)


def test_a_theme_is_tried_on_its_own_sample(theme: Callable[[str], Settings]) -> None:
    settings = theme(SMALL)
    assert list(told_titles(sample_issue("quay", settings))) == ["Boats", "A boat came in"]
    assert check_theme(settings, "quay") == []
    (settings.templates / "quay" / "issue.txt.j2").write_text("{{ unsubscribe }}")
    missing = [one.message for one in check_theme(settings, "quay") if one.code == "item-missing"]
    assert missing == ["The text part leaves out “Boats”.", "The text part leaves out “A boat came in”."]


def test_without_a_sample_that_of_the_base_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "quay"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text('base = "digest"\n')
    assert sample_issue("quay", Settings(workspace=tmp_path)).publication.name == "The Alderwick Digest"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day = ", "not valid TOML"),
        (SMALL.replace("day = 2026-12-04", ""), "lacks day"),
        (SMALL.replace("2026-12-04", '"tomorrow"'), "“tomorrow” is no day"),
        (SMALL.replace("outlet", "outlets"), "has no “outlets” Did you mean “outlet”"),
        (SMALL.replace('title = "A boat came in"', ""), "lacks title"),
        (SMALL + '[[sections.blocks]]\nimage = "../theme.png"\nalt = "x"', "has no picture ../theme.png"),
        (SMALL + '[[sections.blocks]]\nimage = "sample.toml"\nalt = "x"', "is no PNG or JPEG"),
        (SMALL + '[[sections.blocks]]\nimage = "sample.png"', "lacks alt"),
        (SMALL.replace("[publication]", "[[publication]]"), "must be a table"),
        ("\xff", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_sample_names_the_file(theme: Callable[[str], Settings], text: str, said: str) -> None:
    settings = theme(text)
    with pytest.raises(TemplateError) as raised:
        sample_issue("quay", settings)
    assert said in raised.value.message
    assert raised.value.where == "templates/quay/sample.toml"
    assert [one.level for one in check_theme(settings, "quay")] == ["error"]
