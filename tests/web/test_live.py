"""News for the open pages: told once, to those who listen, by one poller; and it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.item import ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.store import Store, items, sources, stories
from newsletter.web import live
from newsletter.web.live import Listener, Live
from newsletter.workflows.drafting import new_issue


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAUSE", 0.02)


async def until(stream: Any, kind: str) -> Any:
    """The next news of a kind."""
    async with asyncio.timeout(20):
        async for chunk in stream:
            for event in chunk.decode().split("\n\n"):
                if event.startswith(f"event: {kind}\n"):
                    return json.loads(event.partition("data: ")[2])
    raise AssertionError("the stream ended")


def test_arrivals_are_counted_by_story_and_only_those_a_page_does_not_show(
    sqlite_store: Store, clock: Clock, letter: Publication, queue: list[ItemId]
) -> None:
    async def listen() -> None:
        telling = Live(sqlite_store, clock)
        stream = telling.stream(Listener(letter.id, queue[0]))
        late = telling.stream(Listener(letter.id, 0))
        assert await until(stream, "arrived") == {"count": 0}
        assert await until(late, "arrived") == {"count": 3}
        with sqlite_store.writing() as tx:
            source = sources.listing(tx, letter.id)[0]
            found = [ItemData(title=f"Item {number}") for number in range(3)]
            new = items.keep(tx, source.id, found, now=clock.now())
            stories.join(tx, new[:2], now=clock.now())
        assert await until(stream, "arrived") == {"count": 2}
        await stream.aclose()  # type: ignore[attr-defined]
        await late.aclose()  # type: ignore[attr-defined]

    asyncio.run(listen())


def test_a_change_of_a_draft_is_told_to_all(sqlite_store: Store, clock: Clock, letter: Publication) -> None:
    editor = Editor(sqlite_store, clock, letter, "Edda")

    async def listen() -> None:
        telling = Live(sqlite_store, clock)
        streams = [telling.stream(Listener(letter.id, 0)) for _ in range(2)]
        for stream in streams:
            assert await until(stream, "issue") == {}
        new_issue(editor)
        editor.set_fields(1, {"preheader": "and more"})
        for stream in streams:
            (told,) = (await until(stream, "issue")).items()
            assert told[0] == "1"
        assert telling.is_polling
        for stream in streams:
            await stream.aclose()  # type: ignore[attr-defined]
        async with asyncio.timeout(20):
            while telling.is_polling:  # nobody listens: nothing is asked
                await asyncio.sleep(0.01)

    asyncio.run(listen())


def test_streams_end_with_the_process_and_after_their_time(
    sqlite_store: Store, clock: Clock, letter: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rest(stream: Any) -> None:
        async with asyncio.timeout(20):
            async for _ in stream:
                pass

    async def listen() -> None:
        telling = Live(sqlite_store, clock)
        stream = telling.stream(Listener(letter.id, 0))
        await until(stream, "arrived")
        telling.end()
        await rest(stream)
        monkeypatch.setattr(live, "LIFETIME", 0.05)
        await rest(Live(sqlite_store, clock).stream(Listener(letter.id, 0)))

    asyncio.run(listen())


def test_one_page_too_many_has_to_come_back(editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST", 0)
    answer = editor.get("/live?upto=3")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert editor.client.head("/live").status_code == 204


def test_news_are_for_people_of_the_desk(visitor: Any) -> None:
    assert visitor.get("/live").status_code == 303
    assert visitor.client.head("/live").status_code == 303


def test_the_oldest_page_of_one_person_gives_way_and_others_listen_on(
    sqlite_store: Store, clock: Clock, letter: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 2)

    async def listen() -> None:
        telling = Live(sqlite_store, clock)
        other = telling.stream(Listener(letter.id, 0, user=7))
        streams = [telling.stream(Listener(letter.id, 0, user=8)) for _ in range(4)]
        for stream in (other, *streams):
            assert await until(stream, "issue") == {}
        async with asyncio.timeout(20):
            for stream in streams[:2]:
                assert [chunk async for chunk in stream if b"event" in chunk] == []
        new_issue(Editor(sqlite_store, clock, letter, "Edda"))
        for stream in (other, *streams[2:]):
            assert list(await until(stream, "issue")) == ["1"]
            await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(listen())
