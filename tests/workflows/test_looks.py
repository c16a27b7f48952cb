"""Values that editors give to the variables of a theme, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.settings import Settings
from newsletter.store import Store, looks, publications
from newsletter.workflows.looks import look_of, set_look
from newsletter.workflows.publish import Desk


@pytest.fixture
def desk(store: Store, clock: Clock, tmp_path: Path) -> Desk:
    with store.writing() as tx:
        letter = publications.add(tx, "Alderwick Letter", now=clock.now())
    return Desk(store, Settings(workspace=tmp_path), clock, letter)


def test_values_are_typed_kept_and_given_back(desk: Desk) -> None:
    look = set_look(desk, "digest", {"accent": "#0b5345", "excerpts": "yes", "image_width": "480", "signature": " Bo "})
    assert look.given == {"accent": "#0b5345", "excerpts": True, "image_width": 480, "signature": "Bo"}
    assert look.theme.variables["image_width"] == 480
    assert look_of(desk, "weekly").given == {}
    fewer = set_look(desk, "digest", {"accent": "", "excerpts": "no", "signature": ""})
    assert fewer.given == {"image_width": 480}
    with desk.store.writing() as tx:
        other = publications.add(tx, "Harbour News", now=desk.clock.now())
    assert look_of(replace(desk, publication=other), "digest").given == {}


@pytest.mark.parametrize(
    "wanted",
    [
        {"accent": "red"},
        {"image_width": "wide"},
        {"excerpts": "maybe"},
        {"logo": "javascript:alert(1)"},
        {"acent": "#000000"},
    ],
)
def test_one_that_cannot_be_changes_none(desk: Desk, wanted: dict[str, str]) -> None:
    with pytest.raises(NewsletterError):
        set_look(desk, None, {"ink": "#000000"} | wanted)
    assert look_of(desk).given == {}


def test_what_a_theme_does_not_know_any_more_is_left_out(desk: Desk) -> None:
    with desk.store.writing() as tx:
        looks.keep(tx, desk.publication.id, "weekly", {"gone": "x", "accent": "no colour", "ink": "#111111"})
    found = look_of(desk, "weekly").theme.variables
    assert (found["accent"], found["ink"], "gone" in found) == ("#a8321a", "#111111", False)
