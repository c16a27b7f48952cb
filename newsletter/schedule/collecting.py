"""Collecting on its cadence, beside the sending: in a thread of its own, so that a slow server holds no issue."""

from __future__ import annotations

import logging
from threading import Event

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.settings import Settings
from newsletter.store import Store, publications

log = logging.getLogger(__name__)


def collect_all(store: Store, settings: Settings, clock: Clock, stop: Event) -> None:
    """Ask the sources of every publication that are due. Faults are logged; a source that died is told."""
    from newsletter.workflows.collect import collect

    with store.reading() as tx:
        found = publications.listing(tx)
    for publication in found:
        if stop.is_set():
            return
        try:
            report = collect(store, settings, clock, publication, stop=stop)
        except NewsletterError as error:
            log.warning("%s: nothing was collected: %s", publication.name, error.message)
            continue
        except Exception:
            log.exception("%s: collecting stopped on a fault of the program", publication.name)
            continue
        if report.asked:
            log.info(
                "%s: asked %d sources, %d new items",
                publication.name,
                len(report.asked),
                sum(one.new for one in report.asked),
                extra={
                    "event": "collected",
                    "sources": len(report.asked),
                    "failed": len(report.failed),
                    "new": sum(one.new for one in report.asked),
                },
            )
        for one in report.asked:
            if one.dead:
                log.warning("%s: %s has given nothing for a week: %s", publication.name, one.source.name, one.error)
