"""The demo: the whole path on sample data, offline, over a real SMTP conversation with a local catcher."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path

from newsletter.audience.importing import import_csv
from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.events.lines import read_lines
from newsletter.model.issue import Block, BlockKind, Issue, Standing
from newsletter.model.item import Item, Triage
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.queue.editing import Editor
from newsletter.settings import FILE, Settings, load, smtp_from_url
from newsletter.store import Store, events, items, publications
from newsletter.store.opening import open_store
from newsletter.workflows import sample, sources
from newsletter.workflows.collect import collect
from newsletter.workflows.demo_servers import catch_mail, serve_feeds
from newsletter.workflows.drafting import fill_issue, new_issue
from newsletter.workflows.publications import change
from newsletter.workflows.publish import Desk
from newsletter.workflows.rendering import write_files
from newsletter.workflows.sending import send_now
from newsletter.workflows.workspace import make

Say = Callable[[str], None]

BASE_URL = "http://127.0.0.1:8000"

_PUBLICATION = (
    "name=Alderwick Letter",
    "from=Alderwick Letter <desk@letter.example>",
    "address=Old Ferry House, 12 Mill Street, Alderwick 00417",
    "tagline=What Alderwick reads, repairs, grows and argues about",
    f"zone={sample.ZONE}",
)

_FEEDS = (
    ("courier.xml", "Alder Courier", "Town and council"),
    ("library.json", "Reading Room Notes", "Town and council"),
    ("towpath.xml", "The Towpath", "Out and about"),
    ("allotments.xml", "Allotment Bulletin", "Out and about"),
)

_PAIR = ("Sunday mornings at the workbench", "What we mend on Sundays")
"""Two outlets on one thing: they share a headline."""

_TEASERS = ("The night bus stays", "A ramp for the rail bridge", "First frost")


@dataclass(frozen=True)
class Summary:
    """What happened, and where to look."""

    workspace: str
    items: int
    events: int
    issue: int
    subject: str
    readers: int
    sent: int
    received: int
    html: str
    text: str
    mailbox: str
    next: str


def run(folder: Path, clock: Clock, say: Say, *, program: str = "newsletter") -> Summary:
    """Run the whole path in a new workspace; `program` is how this one is called, for the next command.

    Raises NewsletterError where the folder is a workspace already.
    """
    workspace = make(folder, clock)
    _keep_settings(workspace)
    settings = load(workspace, {})
    store = open_store(settings.database_url, workspace)
    try:
        with serve_feeds(sample.feeds(clock.now())) as feeds, catch_mail(workspace / "mailbox") as (mailbox, port):
            server = smtp_from_url(f"smtp://127.0.0.1:{port}", workspace, "demo")
            here = replace(settings, smtp=(server,), fetching=replace(settings.fetching, allow_private_hosts=True))
            publication = _publication(store, here)
            desk = Desk(store, here, clock, publication)
            new = _collected(desk, feeds, say)
            dated = _dated(desk, say)
            readers = _imported(desk, say)
            issue = _composed(desk)
            subject = desk.preview(issue.number).subject
            say(f"Composed issue {issue.number}: “{subject}”.")
            files_ = write_files(desk, issue.number, workspace / "issue-1")
            desk.approve(issue.number)
            _, tally = send_now(desk, issue.number)
            say(f"Sent it to {tally.sent} of {tally.audience} readers; the server took {len(mailbox.received)}.")
            new_issue(Editor(store, clock, publication, "demo"))
        return Summary(
            workspace=str(workspace),
            items=new,
            events=dated,
            issue=issue.number,
            subject=subject,
            readers=readers,
            sent=tally.sent,
            received=len(mailbox.received),
            html=str(files_.html),
            text=str(files_.text),
            mailbox=str(mailbox.folder),
            next=shlex.join([*shlex.split(program), "--workspace", str(workspace), "serve"]),
        )
    finally:
        store.close()


def document(summary: Summary) -> dict[str, object]:
    """The summary as JSON."""
    return asdict(summary)


def _keep_settings(workspace: Path) -> None:
    """The workspace stays usable: its desk is here, and mail that it sends later becomes files."""
    path = workspace / FILE
    content = path.read_text(encoding="utf-8")
    content = content.replace('# base_url = "https://news.example.org"', f'base_url = "{BASE_URL}"')
    content = content.replace('# [[smtp]]\n# url = "file:outbox"', '[[smtp]]\nurl = "file:outbox"')
    draft = path.with_suffix(".part")
    draft.touch(mode=0o600)
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


def _publication(store: Store, settings: Settings) -> Publication:
    with store.reading() as tx:
        first = publications.find(tx, None)
    return change(store, settings, first, _PUBLICATION)


def _collected(desk: Desk, feeds: str, say: Say) -> int:
    for name, outlet, section in _FEEDS:
        sources.add(desk.store, desk.clock, desk.publication, feeds + name, outlet=outlet, section=section)
    drop = desk.settings.drop
    for file, content in sample.dropped(desk.clock.now()).items():
        (drop / file).write_bytes(content)
    sources.add(desk.store, desk.clock, desk.publication, str(drop), section="Out and about")
    report = collect(desk.store, desk.settings, desk.clock, desk.publication, force=True)
    if report.failed:
        raise NewsletterError(f"The demo could not collect: {report.failed[0].error}", code="demo")
    new = sum(outcome.new for outcome in report.outcomes)
    say(f"Collected {new} items from {len(_FEEDS)} feeds and a folder.")
    return new


def _dated(desk: Desk, say: Say) -> int:
    now = desk.clock.now()
    zone = desk.publication.zone
    read = read_lines(sample.event_lines(now), today=local_day(now, zone), zone=zone)
    with desk.store.writing() as tx:
        events.keep(tx, desk.publication.id, read.events, source=None, now=now)
        count = len(events.listing(tx, desk.publication.id))
    say(f"Read {len(read.events)} pasted lines of events; the calendar has {count}.")
    return count


def _imported(desk: Desk, say: Say) -> int:
    report = import_csv(desk.store, desk.clock, desk.publication.id, example_csv())
    readers = desk.readers()
    say(f"Imported {report.imported} readers, {readers} of whom said yes.")
    return readers


def example_csv() -> Path:
    """`subscribers.example.csv`, from a checkout or from the installed package."""
    shipped = Path(str(files("newsletter"))) / "_shipped" / "subscribers.example.csv"
    return shipped if shipped.is_file() else Path(str(files("newsletter"))).parent / "subscribers.example.csv"


def _composed(desk: Desk) -> Issue:
    """An issue as an editor would make it: picked, in sections, one headline over two items, texts, teasers."""
    now = desk.clock.now()
    editor = Editor(desk.store, desk.clock, desk.publication, "demo")
    with desk.store.writing() as tx:
        queue = _chosen(items.listing(tx, desk.publication.id, now=now))
        items.decide(tx, desk.publication.id, [item.id for item in queue], Triage.PICKED, now=now)
    number = new_issue(editor, origin="none").number
    for section in ("Town and council", "Out and about", "Calendar"):
        editor.add_section(number, section)
    issue = fill_issue(editor, number)
    issue = _paired(editor, issue, queue)
    for rank, begins in enumerate(_TEASERS, 1):
        for block in issue.outline.blocks():
            item = _item(block, queue)
            if item and item.latest.title.startswith(begins):
                issue = editor.edit_block(number, block.id, {"teaser": begins, "teaser_rank": rank})
    editor.add_text(number, sample.words_of_the_editors(now), section="", at=1)
    editor.add_text(number, sample.appeal(now), section="Out and about")
    return editor.add_text(number, sample.call_for_submissions(now), section="Calendar", at=2, standing=Standing())


def _chosen(queue: list[Item], most: int = 12) -> list[Item]:
    """The newest, and the pair in any case; newest first."""
    pair = [item for item in queue if item.latest.title.startswith(_PAIR)]
    rest = [item for item in queue if item not in pair][: most - len(pair)]
    return [item for item in queue if item in pair or item in rest]


def _item(block: Block, queue: list[Item]) -> Item | None:
    first = block.items[0].item if block.kind is BlockKind.ITEM else None
    return next((item for item in queue if item.id == first), None)


def _paired(editor: Editor, issue: Issue, queue: list[Item]) -> Issue:
    found = [next((item for item in queue if item.latest.title.startswith(begins)), None) for begins in _PAIR]
    one, other = found
    if one is None or other is None:
        return issue
    of = {block.items[0].item: block for block in issue.outline.blocks() if block.items}
    editor.remove_block(issue.number, of[other.id].id)
    editor.add_items(issue.number, [other.id], join=of[one.id].id)
    return editor.edit_block(issue.number, of[one.id].id, {"headline": "Two ways to mend a Sunday"})
