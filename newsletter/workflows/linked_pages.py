"""The pages that dropped shortcuts lead to: asked after the sources, through the guard."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.collect.canonical import canonical
from newsletter.collect.found import Unreadable
from newsletter.collect.pages import page_of
from newsletter.collect.worker import Reader, Readers
from newsletter.model.publication import Publication
from newsletter.net.fetch import Fetcher, Request
from newsletter.net.parallel import fetch_all
from newsletter.store import Store, item_pages

MOST = 50
"""Pages asked in one run."""
PATIENCE = timedelta(days=7)
"""A page that could not be read for so long is asked no more; its item stays as it is."""


def ask_linked_pages(
    store: Store, publication: Publication, fetcher: Fetcher, reader: Reader | Readers, *, now: datetime
) -> int:
    """Give items that are only a link the title and text of their page; how many got theirs."""
    with store.reading() as tx:
        waiting = item_pages.link_only(tx, publication.id, MOST, since=now - PATIENCE)
    done = 0
    for key, answer in fetch_all(fetcher, {key: Request(url=url) for key, url in waiting.items()}, now=now):
        try:
            found = page_of(answer, reader, zone=publication.zone)
        except Unreadable:
            continue  # asked again with the next run
        found = replace(found, url=waiting[key], canonical_url=canonical(waiting[key]))
        with store.writing() as tx:
            item_pages.enrich(tx, key, found, now=now)
        done += 1
    return done
