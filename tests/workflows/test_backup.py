"""A backup while it runs, and a workspace from it: complete, private, and silent until a person agrees."""

from __future__ import annotations

import io
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.model.digest import Digest
from newsletter.model.issue import IssueState, Planned
from newsletter.model.tokens import Purpose, Token, sign, verify
from newsletter.queue.editing import Editor
from newsletter.schedule.tick import tick
from newsletter.settings import Settings, load
from newsletter.store import Store, deliveries, digests, issues, publications, schema, sources
from newsletter.store.opening import open_store
from newsletter.workflows import steering, workspace
from newsletter.workflows.backup import back_up, restore
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk
from newsletter.workflows.sources import add as add_source

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ENVIRON = {"NEWSLETTER_SMTP_URL": "file:outbox", "NEWSLETTER_BASE_URL": "http://127.0.0.1:8000"}


@pytest.fixture
def environ(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    """The settings of the environment, on SQLite beside the workspace and on PostgreSQL."""
    return ENVIRON if database_url.startswith("sqlite") else ENVIRON | {"NEWSLETTER_DATABASE_URL": database_url}


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A workspace with one issue scheduled, one half sent, three readers and a digest."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    folder = workspace.make(tmp_path / "desk", clock)
    (folder / "assets").mkdir()
    (folder / "assets" / "mill.png").write_bytes(b"a picture of the mill")
    settings = load(folder, environ)
    store = open_store(settings.database_url, folder)
    with store.writing() as tx:
        (first,) = publications.listing(tx)
        publication = publications.change(
            tx, first.id, {"sender": "Desk <desk@letter.example.org>", "address": "Mill Street 12", "zone": "UTC"}
        )
        digests.put(tx, Digest(publication=publication.id, rule="daily 07:00", since=clock.now()))
    for name in ("ada", "ben", "cleo"):
        readers.add(store, clock, publication.id, f"{name}@example.org")
    add_source(store, clock, publication, str(folder / "drop"))
    desk = Desk(store, settings, clock, publication)
    editor = Editor(store, clock, publication, "ada")
    for number in (1, 2):
        new_issue(editor, origin="none")
        editor.add_text(number, f"The library opens on Sundays ({number}).")
    desk.schedule(1, Planned(at=clock.now() + timedelta(hours=1), zone="UTC"), approve=True)
    desk.start(2, approve=True)
    with store.writing() as tx:
        from newsletter.store import audience

        while not audience.freeze(tx, desk.issue(2).id, limit=100, now=clock.now()):
            pass
        first_row = select(func.min(schema.delivery.c.id)).scalar_subquery()
        tx.execute(
            update(schema.delivery).where(schema.delivery.c.id == first_row).values(state="attempting", owner="dead")
        )
    yield desk
    store.close()


def other(environ: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of another machine: an empty database of its own, where it is PostgreSQL."""
    if "NEWSLETTER_DATABASE_URL" not in environ:
        return environ
    import psycopg
    from sqlalchemy.engine import make_url

    plain = make_url(environ["NEWSLETTER_DATABASE_URL"])
    name = f"{plain.database}_again"
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    return environ | {"NEWSLETTER_DATABASE_URL": plain.set(database=name).render_as_string(hide_password=False)}


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.database_url, settings.workspace)
    yield store
    store.close()


def test_nothing_is_sent_from_a_restored_workspace_before_a_person_agrees(
    desk: Desk, tmp_path: Path, environ: dict[str, str], request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "all.backup"
    made = back_up(desk.store, desk.settings, desk.clock, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.size == file.stat().st_size
    assert not list(tmp_path.glob(".*"))
    there = other(environ, request)
    again = restore(file, tmp_path / "again", desk.clock, there)
    assert (again.asked.held, again.asked.paused, again.asked.uncertain, again.asked.digests) == ((1,), (2,), 1, 1)
    assert (tmp_path / "again" / "assets" / "mill.png").read_bytes() == b"a picture of the mill"
    settings = load(tmp_path / "again", there)
    assert settings.secret_keys == desk.settings.secret_keys
    with opened(settings) as store:
        later = Clock(desk.clock.now() + timedelta(hours=1, minutes=1))
        assert tick(store, settings, later) == []
        restored = Desk(store, settings, later, desk.publication)
        held, paused = restored.issue(1), restored.issue(2)
        assert (held.state, paused.state) == (IssueState.HELD, IssueState.PAUSED)
        assert "restored from a backup" in (held.held_why or "")
        with pytest.raises(Refused, match="issue resume 2"):
            restored.start(2)
        steering.resume(restored, 2)
        assert tick(store, settings, later) == [paused.id]
        with store.reading() as tx:
            tally = deliveries.tally(tx, paused.id)
            (source,) = sources.listing(tx, desk.publication.id)
        assert (tally.uncertain, tally.queued) == (1, 2)
        assert source.url == str(tmp_path / "again" / "drop")


@ON_SQLITE
def test_who_says_that_nothing_was_sent_since_goes_on_where_it_was(
    desk: Desk, tmp_path: Path, environ: dict[str, str], request: pytest.FixtureRequest
) -> None:
    back_up(desk.store, desk.settings, desk.clock, tmp_path / "all.backup")
    there = other(environ, request)
    again = restore(tmp_path / "all.backup", tmp_path / "again", desk.clock, there, go_on=True)
    assert (again.asked.held, again.asked.paused, again.asked.uncertain) == ((), (), 1)
    with opened(load(tmp_path / "again", there)) as store, store.reading() as tx:
        assert [one.state for one in issues.listing(tx, desk.publication.id)] == [
            IssueState.SENDING,
            IssueState.SCHEDULED,
        ]


@ON_SQLITE
def test_a_key_of_the_environment_is_in_it_and_old_links_keep_verifying(
    desk: Desk, tmp_path: Path, environ: dict[str, str], request: pytest.FixtureRequest
) -> None:
    file = desk.settings.workspace / "newsletter.toml"
    keys = f'["{desk.settings.secret_keys[0]}",\n  "an older one"]  # keep them'
    file.write_text(re.sub(r'secret_key = ".*"', lambda _: f"secret_key = {keys}", file.read_text()))
    known = load(desk.settings.workspace, {}).secret_keys
    assert len(known) == 2
    settings = replace(desk.settings, secret_keys=("from the environment", *known))
    text = sign(settings.secret_keys, Token(purpose=Purpose.UNSUBSCRIBE, publication=desk.publication.id, subscriber=1))  # type: ignore[arg-type]
    back_up(desk.store, settings, desk.clock, tmp_path / "all.backup")
    there = other(environ, request)
    restore(tmp_path / "all.backup", tmp_path / "again", desk.clock, there)
    again = load(tmp_path / "again", there)
    assert again.secret_keys == settings.secret_keys
    assert verify(again.secret_keys, text, Purpose.UNSUBSCRIBE) is not None


@ON_SQLITE
def test_a_backup_is_one_moment_while_others_write(desk: Desk, tmp_path: Path, environ: dict[str, str]) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            readers.add(desk.store, desk.clock, desk.publication.id, f"r{number}@example.org")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(desk.store, desk.settings, desk.clock, tmp_path / f"{number}.backup")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore(tmp_path / f"{number}.backup", tmp_path / f"again{number}", desk.clock, environ)
        with opened(load(tmp_path / f"again{number}", environ)) as store, store.reading() as tx:
            people = tx.execute(select(func.count()).select_from(schema.subscriber)).scalar_one()
            said = tx.execute(select(func.count()).select_from(schema.subscription)).scalar_one()
        assert people == said >= 3


@ON_SQLITE
def test_a_full_folder_or_a_file_that_is_there_is_not_touched(
    desk: Desk, tmp_path: Path, environ: dict[str, str]
) -> None:
    file = tmp_path / "all.backup"
    back_up(desk.store, desk.settings, desk.clock, file)
    with pytest.raises(Refused, match="there already"):
        back_up(desk.store, desk.settings, desk.clock, file)
    with pytest.raises(NewsletterError, match="cannot be written"):
        back_up(desk.store, desk.settings, desk.clock, tmp_path / "nowhere" / "all.backup")
    busy = tmp_path / "busy"
    busy.mkdir()
    (busy / "note.txt").write_text("mine")
    empty = tmp_path / "empty"
    empty.mkdir()
    place = empty.stat().st_ino
    restore(file, empty, desk.clock, environ)
    assert empty.stat().st_ino == place  # the very folder that somebody stands in
    assert not list(empty.glob(".*"))
    with pytest.raises(Refused, match="not empty"):
        restore(file, busy, desk.clock, environ)
    assert [one.name for one in busy.iterdir()] == ["note.txt"]


def test_a_database_that_is_not_empty_is_not_touched(desk: Desk, tmp_path: Path, environ: dict[str, str]) -> None:
    if "NEWSLETTER_DATABASE_URL" not in environ:
        environ = environ | {"NEWSLETTER_DATABASE_URL": f"sqlite:///{desk.settings.workspace / 'newsletter.db'}"}
    back_up(desk.store, desk.settings, desk.clock, tmp_path / "all.backup")
    with pytest.raises(Refused, match="NEWSLETTER_DATABASE_URL"):
        restore(tmp_path / "all.backup", tmp_path / "again", desk.clock, environ)
    assert not (tmp_path / "again").exists()
    assert desk.issue(1).state is IssueState.SCHEDULED


@ON_SQLITE
@pytest.mark.parametrize("damage", ["cut", "flipped", "checksum", "text", "empty", "missing", "climbs", "link"])
def test_what_is_no_backup_or_damaged_is_told_and_leaves_nothing(
    desk: Desk, tmp_path: Path, environ: dict[str, str], damage: str
) -> None:
    file = tmp_path / "all.backup"
    back_up(desk.store, desk.settings, desk.clock, file)
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        middle = len(content) // 3
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :])
    elif damage == "checksum":
        file.write_bytes(content[:-8] + bytes([content[-8] ^ 1]) + content[-7:])
    elif damage == "text":
        file.write_text("not a backup")
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "missing":
        file.unlink()
    else:
        with tarfile.open(file, "w:gz") as archive, tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as old:
            for member in old:
                if member.name == "newsletter.toml" and damage == "climbs":
                    member.name = "../newsletter.toml"
                if member.name == "newsletter.toml" and damage == "link":
                    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
                archive.addfile(member, old.extractfile(member) if member.isfile() else None)
    with pytest.raises(NewsletterError) as told:
        restore(file, tmp_path / "again", desk.clock, environ)
    assert re.search("backup", told.value.message)
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / "newsletter.toml").exists()
    assert not list(tmp_path.glob(".*"))
