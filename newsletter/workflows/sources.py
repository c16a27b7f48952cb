"""Adding and removing sources."""

from __future__ import annotations

from pathlib import Path

from newsletter.clock import Clock
from newsletter.collect.address import default_name, read_address
from newsletter.model.publication import Publication
from newsletter.model.source import Source, SourceId
from newsletter.store import Store, sources
from newsletter.text.characters import one_line


def add(
    store: Store,
    clock: Clock,
    publication: Publication,
    address: str,
    *,
    name: str | None = None,
    outlet: str | None = None,
    section: str | None = None,
    here: Path | None = None,
) -> Source:
    """Let a publication take from a feed or a folder; nothing is asked yet. A relative path is taken from `here`.

    Raises NewsletterError where the address can be neither, or is a source of the publication already.
    """
    found = read_address(address, here or Path.cwd())
    with store.writing() as tx:
        return sources.add(
            tx,
            publication.id,
            kind=found.kind,
            url=found.url,
            name=one_line(name or "") or default_name(found.kind, found.url),
            outlet=one_line(outlet or "") or None,
            section=one_line(section) if section is not None else None,
            now=clock.now(),
        )


def remove(store: Store, publication: Publication, number: SourceId) -> Source:
    """Let a publication take no longer from a source; what was collected stays. Raises NotFound."""
    with store.writing() as tx:
        return sources.remove(tx, publication.id, number)
