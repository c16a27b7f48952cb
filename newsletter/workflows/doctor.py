"""Whether a workspace could send an issue now: settings, database, templates, servers, base URL, the sender's DNS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.finding import Level
from newsletter.model.header import split_address
from newsletter.model.publication import Publication
from newsletter.net.dns import txt
from newsletter.settings import Settings, load
from newsletter.store import Store, digests, publications
from newsletter.store.opening import open_store
from newsletter.workflows import machine
from newsletter.workflows.machine import Check
from newsletter.workflows.sender_policy import Ask, sender_policy
from newsletter.workflows.themes import check_theme


def examine(
    workspace: Path,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    selector: str | None = None,
    ask: Ask = txt,
    progress: Callable[[Check], None] | None = None,
) -> list[Check]:
    """Try everything, one after another; what stands on something broken is left out. Changes nothing."""
    found: list[Check] = []
    for check in _all(workspace, environ, clock, selector, ask):
        found.append(check)
        if progress is not None:
            progress(check)
    return found


def _all(workspace: Path, environ: Mapping[str, str], clock: Clock, selector: str | None, ask: Ask) -> Iterator[Check]:
    try:
        settings = load(workspace, environ)
    except NewsletterError as error:
        yield Check("settings", False, error.message)
        return
    yield _settings(settings)
    yield machine.disk(settings)
    known: list[Publication] = []
    try:
        store = open_store(settings.database_url, workspace)
    except NewsletterError as error:
        yield Check("database", False, error.message)
    else:
        try:
            known = _publications(store)
            yield Check("database", True, _named(store))
            yield from _ready(known)
            themes = _themes(store, known)
        finally:
            store.close()
        yield from (_template(settings, name) for name in themes)
    yield from machine.servers(settings)
    yield machine.base_url(settings, clock, running=False)
    yield _alerts(settings)
    yield from _senders(settings, known, selector, ask)


def _settings(settings: Settings) -> Check:
    if not settings.secret_keys:
        return Check("settings", False, "There is no secret_key in newsletter.toml, and links to unsubscribe need one.")
    if len(settings.secret_keys[0]) < 16:
        return Check("settings", False, "The secret_key is short enough to be guessed; put a long random text there.")
    return Check("settings", True, f"{settings.workspace} can be used.")


def _publications(store: Store) -> list[Publication]:
    with store.reading() as tx:
        return publications.listing(tx)


def _named(store: Store) -> str:
    url = store.engine.url
    name = url.database if store.is_sqlite else f"{url.database} at {url.host or 'this machine'}"
    return f"{'SQLite' if store.is_sqlite else 'PostgreSQL'} {name} answers, and its tables are today's."


def _ready(known: list[Publication]) -> Iterator[Check]:
    for one in known:
        lacking = [name for name, value in (("from", one.sender), ("address", one.address)) if not value]
        if lacking:
            command = f"newsletter publication set {lacking[0]}=…"
            yield Check("publication", False, f"{one.name} has no {' and no '.join(lacking)}; {command}")
        else:
            yield Check("publication", True, f"{one.name} is sent by {one.sender}.")


def _themes(store: Store, known: list[Publication]) -> list[str]:
    with store.reading() as tx:
        own = [one.theme for one in digests.listing(tx) if one.theme]
    return list(dict.fromkeys([*(one.theme for one in known), *own]))


def _template(settings: Settings, name: str) -> Check:
    """Tried on the sample issue; a warning is no failure."""
    try:
        faults = check_theme(settings, name)
    except NewsletterError as error:
        return Check("templates", False, error.message)
    if wrong := [one for one in faults if one.level is Level.ERROR]:
        return Check("templates", False, f"{name}: {wrong[0].message}")
    return Check("templates", True, f"The theme “{name}” renders.")


def _alerts(settings: Settings) -> Check:
    if not settings.alerts.ways:
        return Check("alerts", True, "Nobody is told when something goes wrong; [alerts] in newsletter.toml says whom.")
    if settings.alerts.mail_to and settings.alerts.smtp is not None:
        (server,) = machine.servers(replace(settings, smtp=(settings.alerts.smtp,)))
        if not server.ok:
            return Check("alerts", False, server.detail)
    return Check("alerts", True, f"Alerts go out by {' and '.join(settings.alerts.ways)}.")


def _senders(settings: Settings, known: list[Publication], selector: str | None, ask: Ask) -> Iterator[Check]:
    domains = dict.fromkeys(split_address(one.sender)[1].rpartition("@")[2].lower() for one in known if one.sender)
    if not any(server.is_remote for server in settings.smtp):
        for check in ("spf", "dkim", "dmarc"):
            yield Check(check, True, "not checked: no mail leaves this machine.")
        return
    for domain in domains:
        if domain:
            yield from sender_policy(domain, ask, selector=selector)
