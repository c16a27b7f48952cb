"""What a person means who adds a source: a feed by its URL, a mailbox, or a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from newsletter.accounts import PASSWORD, PORTS
from newsletter.errors import NewsletterError
from newsletter.model.source import SourceKind
from newsletter.text.characters import one_line


@dataclass(frozen=True)
class Address:
    """A source as it will be stored: an http(s) or imap(s) URL, or the absolute path of a folder."""

    kind: SourceKind
    url: str


def read_address(text: str, here: Path) -> Address:
    """The feed, calendar (`webcal:`, or a path that ends with .ics), mailbox (`imaps:`) or folder that `text` names.

    A relative path is taken from `here`. Raises NewsletterError where it is neither. Nothing is asked over the network.
    """
    text = one_line(text)
    scheme = text.partition(":")[0].lower() if "://" in text else ""
    if scheme in ("webcal", "webcals"):
        return _calendar("https" + text[len(scheme) :])
    if scheme in ("http", "https", "feed"):
        found = _feed("http" + text[4:] if scheme == "feed" else text)
        return _calendar(text) if urlsplit(found.url).path.lower().endswith(".ics") else found
    if scheme in PORTS:
        return _mailbox(text)
    if scheme == "file":
        text = unquote(urlsplit(text).path)
    elif scheme:
        raise NewsletterError(
            f"“{text}” cannot be a source: only http and https addresses, mailboxes (imaps://) and folders can.",
            where=text,
        )
    if not text:
        raise NewsletterError("Name a feed's address or a folder.", where="URL_OR_FOLDER")
    path = (here / Path(text).expanduser()).resolve()
    if not path.exists():
        raise NewsletterError(
            f"There is no folder {path}. Make it first, or write a feed's address with https://.", where=str(path)
        )
    if not path.is_dir():
        raise NewsletterError(f"{path} is a file; add the folder it is in.", where=str(path))
    return Address(SourceKind.FOLDER, str(path))


def _feed(text: str) -> Address:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, UnicodeError):
        host, port = None, 0
    if not host or port == 0 or " " in text:
        raise NewsletterError(f"“{text}” is not a web address; write it like https://example.org/feed.xml.", where=text)
    scheme = parts.scheme.lower()
    return Address(SourceKind.FEED, parts._replace(scheme=scheme, fragment="").geturl())


def _calendar(text: str) -> Address:
    return replace(_feed(text), kind=SourceKind.CALENDAR)


def _mailbox(text: str) -> Address:
    """`imaps://user@host[:993]/FOLDER`, or `imap://` with STARTTLS; written with its port, so that it is one source."""
    like = "write it like imaps://articles@mail.example.org/INBOX"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        host, port = "", 0
    if not host or port == 0 or " " in host:
        raise NewsletterError(f"This is not the address of a mailbox; {like}.", where="URL_OR_FOLDER")
    if parts.password is not None:  # it would be stored, listed and exported
        raise NewsletterError(
            f"Leave the password out of the address and {like}; the password belongs under [[mailbox]] in "
            f"newsletter.toml, or into {PASSWORD}.",
            where="URL_OR_FOLDER",
        )
    if not parts.username:
        raise NewsletterError(f"The mailbox names no user; {like}.", where=text)
    user = quote(unquote(parts.username), safe="@")
    folder = quote(unquote(parts.path).strip("/") or "INBOX", safe="/")
    place = f"[{host}]" if ":" in host else host
    scheme = parts.scheme.lower()
    return Address(SourceKind.MAILBOX, f"{scheme}://{user}@{place}:{port or PORTS[scheme]}/{folder}")


def default_name(kind: SourceKind, url: str) -> str:
    """What a source is called until somebody, or its feed, says better."""
    if kind is SourceKind.FOLDER:
        return Path(url).name or url
    host = urlsplit(url).hostname or url
    if kind is SourceKind.MAILBOX:
        user = unquote(urlsplit(url).username or "")
        return user if "@" in user else f"{user}@{host}"
    return host.removeprefix("www.")
