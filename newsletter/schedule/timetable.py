"""When a publication comes out, and its digest: their rules, and the holidays on which nothing comes."""

from __future__ import annotations

from dataclasses import replace

from newsletter.model.digest import Digest
from newsletter.model.publication import Publication
from newsletter.schedule.cadence import Cadence, read_cadence
from newsletter.store import Tx, cadences


def of_publication(tx: Tx, publication: Publication) -> Cadence | None:
    """The cadence of a publication, its holidays heeded; none where it has none."""
    rule = cadences.get(tx, publication.id)
    return None if rule is None else _read(tx, publication, rule)


def of_digest(tx: Tx, publication: Publication, digest: Digest) -> Cadence | None:
    """The times of its digest: its own cadence, else the publication's."""
    return of_publication(tx, publication) if digest.rule is None else _read(tx, publication, digest.rule)


def _read(tx: Tx, publication: Publication, rule: str) -> Cadence:
    return replace(read_cadence(rule, publication.zone), holidays=cadences.holidays(tx, publication.id))
