"""A workspace as an editor finds it on Thursday afternoon: outlets, items, stories, and an issue that was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from newsletter.clock import Clock
from newsletter.model.item import ItemData
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.store import items, publications, sources, stories
from newsletter.store.opening import open_store

OUTLETS = (
    ("Town council", "Town hall"),
    ("Public library", "Town hall"),
    ("Youth club", "Out and about"),
    ("Residents’ forum", "Town hall"),
    ("Choir", "Out and about"),
    ("Cycling campaign", "On the move"),
    ("Primary school", "Out and about"),
    ("Bus users’ group", "On the move"),
    ("Allotment society", "Out and about"),
    ("Rowing club", "Out and about"),
    ("Market traders", "Town hall"),
    ("Harbour office", "On the move"),
    ("Local history group", "Out and about"),
    ("Repair café", "Out and about"),
    ("River trust", "Town hall"),
)
"""Each with the section its items are for."""

_WHAT = (
    "opens on Sundays from April",
    "asks for old cookbooks",
    "looks for six tenors",
    "moves its last departure to 23:40",
    "votes on the roof of the swimming pool",
    "closes Mill Lane to cars for two weeks",
    "gets the old signal box",
    "counts the swifts under the bridge",
    "plans a footpath along the river",
    "repairs forty bicycles in a day",
    "wants a bench at every stop",
    "shows maps of the drowned fields",
)
_TEXT = (
    "The town repairs the roof; the members paint the rest. Work begins in May, and the doors stay open meanwhile.",
    "Half plots are free on the river side, with water on site and no waiting list. Names are taken on Saturday.",
    "Children walk and ride in the middle of the road, and the traders count their customers before and after.",
    "Season tickets are prolonged by ten weeks. The small pool stays open, and the café keeps its winter hours.",
)


def seed(workspace: Path, count: int = 80) -> Publication:
    """Make the database of a workspace with so many items of 15 outlets; every tenth is told by three of them."""
    now = Clock().now()
    store = open_store("sqlite:///newsletter.db", workspace)
    with store.writing() as tx:
        letter = publications.add(
            tx,
            "Alderwick Letter",
            now=now,
            sender="Alderwick Letter <desk@letter.example.org>",
            address="Old Ferry House, 12 Mill Street, Alderwick",
            zone="America/New_York",
        )
        of = [
            sources.add(
                tx,
                letter.id,
                kind=SourceKind.FEED,
                url=f"https://{number}.alderwick.example/feed",
                name=outlet,
                now=now,
                section=section,
            )
            for number, (outlet, section) in enumerate(OUTLETS)
        ]
        for number in range(count):
            source = number % len(of)
            found = ItemData(
                title=f"{OUTLETS[source][0]} {_WHAT[number % len(_WHAT)]}"
                + (f", part {number // 60 + 1}" * (number >= 60)),
                excerpt=f"<p>{_TEXT[number % len(_TEXT)]}</p>",
                url=f"https://{source}.alderwick.example/{number}",
                published=now - timedelta(minutes=37 * (count - number)),
                language="en" if number % 9 else "de",
            )
            new = items.keep(tx, of[source].id, [found], now=now)
            if number % 10 == 0:
                told = [
                    items.keep(
                        tx,
                        of[(source + step) % len(of)].id,
                        [replace(found, url=f"{found.url}-{step}", title=f"{found.title}, says the town")],
                        now=now,
                    )[0]
                    for step in (1, 2)
                ]
                stories.join(tx, [new[0], *told], now=now)
    store.close()
    return letter
