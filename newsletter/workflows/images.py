"""Pictures for issues: taken in as a file or through the guard, made ours in a bounded process, kept in the workspace.

How a page or a command puts one into an issue:

    add_picture(desk, editor, number, Uploaded(content, "market.jpg"), alt="…", caption="…", url="https://…", at=2)
    add_picture(desk, editor, number, "https://…", alt="…")      # fetched through the guard

`offered` names the pictures that an item brought along, to choose one. The files are in `assets/` of the workspace,
which belongs into every backup; what is known of them is in the table `asset`.
"""

from __future__ import annotations

import atexit
import os
import secrets
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html

from newsletter.bounded import Bounded, Unfinished
from newsletter.errors import NewsletterError
from newsletter.model.asset import Asset, AssetId
from newsletter.model.issue import Issue
from newsletter.model.item import ItemId
from newsletter.net.fetch import Failed, Fetched, Fetcher, Request
from newsletter.queue.editing import Editor, image_block
from newsletter.queue.outline import find_section
from newsletter.render.pictures import Encoded
from newsletter.settings import Settings
from newsletter.store import assets, items
from newsletter.text.characters import one_line
from newsletter.text.links import absolute
from newsletter.workflows.looks import look_of
from newsletter.workflows.publish import Desk

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is taken in."""
TIME_LIMIT = 20.0
"""Seconds for one picture."""
FULL_WIDTH = 632
"""Pixels, where a theme does not say how wide its pictures are shown."""
DENSE = 2
"""Pixels of the file for each one shown: screens of telephones have as many."""
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}
_NAMED = 200


@dataclass(frozen=True)
class Offered:
    """A picture that an item brought along."""

    url: str
    alt: str


@dataclass(frozen=True)
class Uploaded:
    """A file as a browser sends it."""

    content: bytes
    name: str


def add_picture(
    desk: Desk,
    editor: Editor,
    number: int | None,
    picture: Uploaded | str,
    *,
    alt: str,
    caption: str = "",
    url: str = "",
    section: str | None = None,
    at: int | None = None,
) -> Issue:
    """Take in a picture (see `received`) and put it into a draft.

    `alt` says what it shows, and is required; `caption` is Markdown; `url` is where a click leads. Raises
    NewsletterError, and then the issue has not changed; nothing is fetched for an issue that cannot be edited.
    """
    block = image_block(alt=alt, caption=caption, url=url)
    with desk.store.reading() as tx:
        issue = editor.draft(tx, number)
        if section:
            find_section(issue.outline, section)
    asset = received(desk, picture, who=editor.who)
    return editor.add_image(issue.number, replace(block, asset=asset.name), section=section, at=at)


def received(desk: Desk, picture: Uploaded | str, *, who: str) -> Asset:
    """A picture taken in: what was uploaded, an http(s) address, or the path of a file of this machine."""
    if isinstance(picture, Uploaded):
        return upload(desk, picture.content, picture.name, who=who)
    if picture.lower().startswith(("http://", "https://")):
        return take(desk, picture, who=who)
    return upload_file(desk, Path(picture), who=who)


def folder_of(settings: Settings) -> Path:
    """Where the files are."""
    return settings.workspace / "assets"


def upload(desk: Desk, content: bytes, name: str, *, who: str) -> Asset:
    """Take in the bytes of a file called `name`.

    The theme of the newsletter says how wide it is shown; twice as many pixels are kept. Raises NewsletterError, code
    `picture`, with what is wrong with it.
    """
    origin = one_line(name)[:_NAMED] or "a file"
    if len(content) > LARGEST:
        raise _unusable(origin, f"it has {len(content) / 1024 / 1024:.0f} MB; at most {LARGEST // 1024**2} are taken")
    return _keep(desk, _made_ours(desk, content, origin), origin, who)


def upload_file(desk: Desk, file: Path, *, who: str) -> Asset:
    """Take in a file of this machine. Raises NewsletterError where it cannot be read or is no picture."""
    try:
        if not file.is_file():
            raise FileNotFoundError(2, "there is no such file")
        if file.stat().st_size > LARGEST:
            size = file.stat().st_size / 1024 / 1024
            raise _unusable(file.name, f"it has {size:.0f} MB; at most {LARGEST // 1024**2} are taken")
        content = file.read_bytes()
    except OSError as cause:
        raise NewsletterError(f"The picture {file} cannot be read: {cause.strerror}.", where=str(file)) from cause
    return upload(desk, content, file.name, who=who)


def take(desk: Desk, url: str, *, who: str) -> Asset:
    """Fetch a picture through the guard and take it in. Raises NewsletterError, code `picture`."""
    limits = replace(desk.settings.fetching, max_bytes=LARGEST)
    answer = Fetcher(limits).fetch(Request(url=url), now=desk.clock.now())
    if isinstance(answer, Failed):
        raise NewsletterError(f"The picture cannot be taken: {answer.reason}", code="picture", where=url)
    if not isinstance(answer, Fetched):
        raise NewsletterError(f"The picture {url} cannot be taken: its server sent nothing.", code="picture", where=url)
    name = unquote(urlsplit(url).path.rpartition("/")[2]) or url
    encoded = _made_ours(desk, answer.body, one_line(name)[:_NAMED])
    return _keep(desk, encoded, url[:2000], who)


def offered(desk: Desk, item: ItemId) -> list[Offered]:
    """The pictures of an item, in its order, each once. Raises NotFound."""
    with desk.store.reading() as tx:
        found = items.get(tx, desk.publication.id, [item], now=desk.clock.now())[0].latest
    pictures: dict[str, Offered] = {}
    for html in (found.body, found.excerpt):
        if "<img" not in html:
            continue
        for one in lxml.html.fragment_fromstring(html, create_parent="div").iter("img"):
            url = absolute(one.get("src") or "")
            if url:
                pictures.setdefault(url, Offered(url, one_line(one.get("alt") or "")))
    return list(pictures.values())


def _made_ours(desk: Desk, content: bytes, origin: str) -> Encoded:
    shown = look_of(desk).theme.variables.get("image_width", FULL_WIDTH)
    wide = int(shown) if isinstance(shown, int | float) and 16 <= shown <= 2000 else FULL_WIDTH
    try:
        answer: Encoded | str = _process().ask((content, wide * DENSE))
    except Unfinished as cause:
        why = {"late": f"it takes longer than {TIME_LIMIT:g} s to unpack", "memory": "it needs too much memory"}
        raise _unusable(origin, why.get(cause.why, "it cannot be unpacked")) from cause
    if isinstance(answer, str):
        raise _unusable(origin, answer)
    return answer


def _keep(desk: Desk, encoded: Encoded, origin: str, who: str) -> Asset:
    """The file first and whole: a row without its file would be a hole in an issue."""
    name = secrets.token_hex(16) + _ENDINGS[encoded.media_type]
    folder = folder_of(desk.settings)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(encoded.content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    except OSError as cause:
        raise NewsletterError(f"{folder} cannot be written: {cause.strerror}.", where=str(folder)) from cause
    asset = Asset(
        id=AssetId(0),
        publication=desk.publication.id,
        name=name,
        media_type=encoded.media_type,
        width=encoded.width,
        height=encoded.height,
        size=len(encoded.content),
        origin=origin,
        who=who,
        created_at=desk.clock.now(),
    )
    with desk.store.writing() as tx:
        return assets.add(tx, asset)


def _unusable(origin: str, why: str) -> NewsletterError:
    return NewsletterError(f"The picture “{origin}” cannot be used: {why}.", code="picture", where=origin)


@cache
def _process() -> Bounded:
    process = Bounded("newsletter.render.pictures:work", time_limit=TIME_LIMIT)
    atexit.register(process.stop)
    return process
