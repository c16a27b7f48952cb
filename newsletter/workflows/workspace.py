"""Making a workspace: settings, templates, a folder for files, the database, a first publication."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.render.themes import shipped_templates
from newsletter.settings import FILE, load
from newsletter.store import publications
from newsletter.store.opening import open_store

FIRST_NAME = "My Newsletter"

_TOML = """\
# The settings of this machine. What editors change (the newsletter itself, its sources and readers) is in the
# database: see `newsletter publication set`, `newsletter sources`, `newsletter subscribers`.

# Where your readers reach this desk; the links to unsubscribe begin with it. Nothing is sent without it.
# base_url = "https://news.example.org"

# Signs the links in your mails. Keep it: links that were sent stop working without it.
secret_key = "{key}"

[database]
# SQLite beside this file, or PostgreSQL.
url = "sqlite:///newsletter.db"
# url = "postgresql://user:password@localhost/newsletter"

# The server that takes your mail. Its connection is encrypted and its certificate checked, unless you say otherwise.
# [[smtp]]
# host = "smtp.example.org"
# port = 587
# user = "news"
# password = "…"
# starttls = "require"     # or "auto", "never"; tls = true for a server that speaks TLS from the start (port 465)
# connections = 8
# weight = 1               # its share, beside other [[smtp]] tables
# per_second = 0           # limits; also per_minute, per_hour, per_day; 0: none
#
# To write .eml files into a folder instead of sending:
# [[smtp]]
# url = "file:outbox"

# A mailbox that is a source (newsletter sources add imaps://articles@mail.example.org/INBOX): its password.
# [[mailbox]]
# host = "mail.example.org"
# user = "articles"
# password = "…"           # or NEWSLETTER_MAILBOX_PASSWORD in the environment
# after = "seen"           # what becomes of a message once it is kept: "seen", or "move:Collected"
# ca = "mail.pem"          # a certificate to trust, for a server that signed its own

# [serve]
# proxies = ["127.0.0.1"]    # whose word to take for a visitor's address, behind a proxy of yours

# Who hears of it when an issue is held, paused, late, uncertain or out, a check fails the day before, a source died.
# [alerts]
# mail_to = ["editor@example.org"]
# smtp = "smtp://user:password@other.example.net:587"    # a second server, for when the first one is away
# webhook = "https://hooks.example.org/…"                # takes a POST of JSON

# [log]
# format = "json"            # what `newsletter serve` writes: one JSON document a line

[fetch]
# Feeds are fetched from public addresses only, unless this is true.
allow_private_hosts = false
# max_bytes = 10485760     # the largest answer or file that is read
# timeout = 30.0           # seconds for one source, redirects included
# every = 900.0            # seconds between two looks of `newsletter serve` at the sources
"""


def make(folder: Path, clock: Clock) -> Path:
    """Make a workspace in a folder, which may exist, and return it.

    What is there is never overwritten. Raises NewsletterError where it is a workspace already or cannot be written.
    """
    settings_file = folder / FILE
    if settings_file.exists():
        raise NewsletterError(
            f"{folder} is a workspace already: it has a {FILE}. Nothing was changed.", code="exists", where=str(folder)
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold readers' addresses
        (folder / "drop").mkdir(exist_ok=True)
        if not (folder / "templates").exists():
            shutil.copytree(shipped_templates(), folder / "templates")
        _write_private(settings_file, _TOML.format(key=secrets.token_urlsafe(32)))
    except OSError as cause:
        raise NewsletterError(
            f"The workspace {folder} cannot be made: {cause.strerror or cause}. Choose a folder you may write to.",
            where=str(folder),
        ) from cause
    try:
        settings = load(folder, os.environ)
        store = open_store(settings.database_url, folder)
        try:
            with store.writing() as tx:
                if not publications.listing(tx):
                    publications.add(tx, FIRST_NAME, now=clock.now())
        finally:
            store.close()
    except BaseException:
        settings_file.unlink(missing_ok=True)
        raise
    return folder


def _write_private(path: Path, content: str) -> None:
    """The file holds secrets: nobody else on the machine may read it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
