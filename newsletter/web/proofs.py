"""Rendered drafts, kept while nothing in them changes: inlining takes a while, and a page asks for it several times."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256
from typing import Generic, TypeVar

from newsletter.model.finding import Finding
from newsletter.model.rendition import RenditionData
from newsletter.model.waiver import waived
from newsletter.workflows.proofing import Material
from newsletter.workflows.publish import Desk

KEPT = 8

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The latest values by a key, the one that was asked for longest ago forgotten first. Safe to use from threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str) -> Value | None:
        """What is kept under a key."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Keep a value."""
        with self._guard:
            self._values[key] = value
            while len(self._values) > KEPT:
                self._values.popitem(last=False)


class Proofs:
    """The latest renditions of the desk, and what the checks say of them, by everything that goes into them."""

    def __init__(self) -> None:
        self._renditions = Kept[RenditionData]()
        self._findings = Kept[list[Finding]]()

    def of(self, desk: Desk, material: Material) -> RenditionData:
        """The issue as readers would receive it."""
        key = _key(desk, material)
        data = self._renditions.get(key)
        if data is None:
            data = desk.rendered(material)
            self._renditions.put(key, data)
        return data

    def findings(self, desk: Desk, material: Material) -> list[Finding]:
        """What the checks say about it."""
        sent, waivers = desk.told(material)
        key = f"{_key(desk, material)} {sorted(sent.items())}"
        found = self._findings.get(key)
        if found is None:
            found = desk.checked(material, self.of(desk, material), sent)
            self._findings.put(key, found)
        return waived(found, waivers)


def _key(desk: Desk, material: Material) -> str:
    if approved := desk.frozen_as(material.issue):
        return approved.checksum
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
