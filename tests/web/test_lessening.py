"""Buttons that are not one's own are not shown; nothing else of a page changes."""

from __future__ import annotations

import re

import pytest

from newsletter.clock import Clock
from newsletter.model.user import Role
from newsletter.store import Store
from newsletter.web.app import pages
from newsletter.web.lessening import lessened

from .conftest import Browser
from .people import Door


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (
            '<form method="post" action="/mine"><button name="a">',
            '<form method="post" action="/mine"><button name="a">',
        ),
        (
            '<form method="post" action="/theirs?x=1#y"><button name="a">',
            '<form method="post" action="/theirs?x=1#y"><button hidden name="a">',
        ),
        ('<form action="/theirs" method="post"><button>', '<form action="/theirs" method="post"><button hidden>'),
        (
            '<form method="post" action="/mine"><button formaction="/theirs">',
            '<form method="post" action="/mine"><button hidden formaction="/theirs">',
        ),
        ('<form method="get" action="/theirs"><button>', '<form method="get" action="/theirs"><button>'),
        ('<form method="post"><button>', '<form method="post"><button hidden>'),
    ],
)
def test_a_form_that_is_not_ones_own_has_no_buttons(page: str, shown: str) -> None:
    assert lessened(f"{page}</form>", lambda path: path == "/mine", here="/here") == f"{shown}</form>"


def test_a_button_beside_its_form_goes_with_it() -> None:
    page = '<form method="post" action="/theirs" id="f"></form><button form="f">x</button><button form="g">y</button>'
    told = lessened(page, lambda path: False, here="/")
    assert '<button hidden form="f">' in told
    assert '<button form="g">' in told


@pytest.mark.parametrize("path", ["/", "/issues", "/issues/1", "/calendar", "/sources", "/readers", "/account"])
def test_a_reader_sees_no_button_that_would_be_refused(
    editor: Browser, sqlite_store: Store, clock: Clock, queue: list[int], path: str
) -> None:
    editor.post("/issues", {"title": "June"})
    door = Door(editor.client.app, sqlite_store, clock)
    reader, publisher = door.person("Rhea", Role.READER), door.person("Pia", Role.PUBLISHER)
    page = reader.get(path).text
    posts = pages().state.posts
    forms = re.findall(r'<form\b[^>]*method="post"[^>]*action="([^"?#]*)[^"]*"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert forms, "signing out is always there"
    for action, inside in forms:
        if posts(action) is not Role.READER:
            assert not re.search(r"<button(?! hidden)", inside), action
    assert "<button hidden" not in publisher.get(path).text
