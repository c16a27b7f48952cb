"""Rendered drafts, kept while nothing in them changes: inlining takes a while, and a page asks for it several times."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256

from newsletter.model.finding import Finding
from newsletter.model.rendition import RenditionData
from newsletter.workflows.publish import FROZEN, Desk

KEPT = 8


class Proofs:
    """The latest renditions of the desk, by everything that goes into them."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, RenditionData] = OrderedDict()

    def of(self, desk: Desk, number: int) -> RenditionData:
        """The issue as readers would receive it."""
        key = _key(desk, number)
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        data = desk.preview(number)
        with self._guard:
            self._kept[key] = data
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return data

    def findings(self, desk: Desk, number: int) -> list[Finding]:
        """What the checks say about it."""
        return desk.findings(desk.material(number), self.of(desk, number))


def _key(desk: Desk, number: int) -> str:
    material = desk.material(number)
    if material.issue.approved and material.issue.state in FROZEN:
        return material.issue.approved.checksum
    folder = desk.settings.templates
    templates = sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*")) if folder.is_dir() else []
    versions = sorted(material.versions.items(), key=lambda pair: (pair[0].item, pair[0].version))
    parts = (
        desk.publication,
        material.issue,
        versions,
        list(material.occurrences),
        material.day,
        templates,
        material.look,
    )
    return sha256(repr(parts).encode()).hexdigest()
