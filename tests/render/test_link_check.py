"""Links are asked through the guard, in parallel, and each once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from newsletter.clock import Clock
from newsletter.model.linked import LinkState
from newsletter.render.link_check import FRESH, FRESH_TROUBLE, asked_of, check_links
from newsletter.settings import Fetching
from newsletter.store import Store

OPEN = Fetching(allow_private_hosts=True)


def test_each_link_gets_its_verdict(sqlite_store: Store, clock: Clock, web: Any) -> None:
    urls = {
        web.serve("/fine", "hello"): LinkState.FINE,
        web.url("/nothing"): LinkState.DEAD,
        web.serve("/gone", status=410): LinkState.DEAD,
        web.serve("/login", status=401): LinkState.UNSURE,
        web.serve("/robots", status=403): LinkState.UNSURE,
        web.serve("/ill", status=500): LinkState.UNSURE,
        web.serve("/moved", status=301, Location="/fine"): LinkState.MOVED,
        web.serve("/today", status=302, Location="/fine"): LinkState.FINE,
        web.serve("/big", b"x" * 3_000_000): LinkState.FINE,
        "http://name.invalid/": LinkState.DEAD,
    }
    answers = check_links(sqlite_store, OPEN, clock, urls)
    assert {url: answer.state for url, answer in answers.items()} == urls
    assert answers[web.url("/moved")].moved_to == web.url("/fine")
    assert answers[web.url("/fine")].size == 5


def test_private_addresses_are_not_asked(sqlite_store: Store, clock: Clock, web: Any) -> None:
    url = web.serve("/fine", "hello")
    assert check_links(sqlite_store, Fetching(), clock, [url])[url].state is LinkState.DEAD
    assert web.asked == []


def test_an_answer_holds_for_a_day_and_trouble_for_minutes(store: Store, clock: Clock, web: Any) -> None:
    urls = [web.serve("/fine", "hello"), web.url("/nothing")]

    def asked_after(wait: timedelta) -> list[str]:
        web.asked.clear()
        check_links(store, OPEN, Clock(clock.now() + wait), urls)
        return sorted(path for path, _ in web.asked)

    assert asked_after(timedelta()) == ["/fine", "/nothing"]
    assert asked_after(FRESH_TROUBLE / 2) == []
    assert asked_after(2 * FRESH_TROUBLE) == ["/nothing"]
    assert asked_after(FRESH + 3 * FRESH_TROUBLE) == ["/fine", "/nothing"]


def test_what_is_asked_of_a_rendition_are_its_links_and_pictures_without_ours(rendition: Any) -> None:
    asked = asked_of(rendition)
    assert "https://courier.example/story-1" in asked
    assert not [url for url in asked if rendition.nonce in url]
