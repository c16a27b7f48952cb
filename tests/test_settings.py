"""The settings: what cannot be used is refused in one sentence that repeats no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.errors import SettingsError
from newsletter.settings import Settings, is_loopback, load


def read(folder: Path, content: str | bytes, **environ: str) -> Settings:
    (folder / "newsletter.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(folder, environ)


@pytest.mark.parametrize(
    "content",
    [
        "[[smtp]]\nhost = 'h'\npassword = 99887766",
        "[[smtp]]\nurl = ['smtp://u:99887766@h']",
        "[[smtp]]\nurl = 'smtp://user:998877#66@h'",
        "[[smtp]]\nurl = 'smtp://user:998877/66@h'",
        "[[smtp]]\nurl = 'smtp://user:998877℀66@h:587'",
        "[[smtp]]\nurl = 'smtp://user:99887766@h:port'",
        "[[smtp]]\nurl = 'smtp://user:99887766@h?timeout=nan'",
        "[[smtp]]\nhost = 'h'\nport = 99999999",
        "[[mailbox]]\nhost = 'h'\nuser = 'u'\npassword = 99887766",
        "[[mailbox]]\nurl = 'imaps://user:99887766@'",
        "[[mailbox]]\nurl = 'imaps://user:99887766@h:port'",
        "[[mailbox]]\npassword = '99887766'",
        "mailbox = ['99887766']",
        "secret_key = 99887766",
        "secret_key = ['a', ['99887766']]",
        "[secret_key]\na = '99887766'",
        "base_url = 'https://user:99887766@h.example'",
        'base_url = "https://h.example\\n99887766"',
        "[fetch]\ntimeout = nan",
        "[fetch]\nparallel = 99887766",
        '[fetch]\nuser_agent = "a\\r\\nX: 99887766"',
        "x = " + "[" * 3000,
    ],
)
def test_what_cannot_be_used_is_refused_and_no_secret_is_repeated(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, content)
    assert "998877" not in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    "url", ["nonsense 99887766", "postgresql://u:99887766@h:notaport/x", "oracle://u:99887766@h/x"]
)
def test_a_database_url_is_refused_without_its_password(url: str) -> None:
    from newsletter.store.engine import open_engine

    with pytest.raises(SettingsError) as refused:
        open_engine(url)
    assert "998877" not in refused.value.message


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfbase_url = 'https://h.example/'").base_url == "https://h.example"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "base_url = 'https://file.example'\nsecret_key = 'old'\n[database]\nurl = 'sqlite:///file.db'",
        NEWSLETTER_BASE_URL="https://env.example",
        NEWSLETTER_SECRET_KEY="new",
        NEWSLETTER_DATABASE_URL="sqlite:///env.db",
        NEWSLETTER_SMTP_URL="smtps://user:p%40ss@mail.example",
        NEWSLETTER_ALLOW_PRIVATE_HOSTS="1",
    )
    (server,) = settings.smtp
    assert (settings.base_url, settings.secret_keys) == ("https://env.example", ("new", "old"))
    assert settings.database_url == "sqlite:///env.db"
    assert (server.host, server.port, server.tls, server.password) == ("mail.example", 465, True, "p@ss")
    assert settings.fetching.allow_private_hosts


@pytest.mark.parametrize(
    ("url", "starttls"),
    [
        ("smtp://mail.example", "require"),
        ("smtp://127.0.0.1:2525", "auto"),
        ("smtp://localhost", "auto"),
        ("smtp://127.mail.example", "require"),
        ("smtp://mail.example?starttls=never", "never"),
    ],
)
def test_encryption_is_required_unless_the_server_is_this_machine(tmp_path: Path, url: str, starttls: str) -> None:
    assert read(tmp_path, f"[[smtp]]\nurl = '{url}'").smtp[0].starttls == starttls


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("[::1]", True), ("LOCALHOST", True),
     ("127.mail.example", False), ("10.0.0.1", False), ("example.org", False), ("", False)],
)  # fmt: skip
def test_this_machine_is_known_by_its_addresses(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_mailbox_is_opened_with_its_own_password_else_with_that_of_the_environment(tmp_path: Path) -> None:
    text = """
[[mailbox]]
host = "Mail.example.org"
user = "articles"
password = "of the file"
after = "move:Collected"
ca = "mail.pem"

[[mailbox]]
url = "imap://post@mail.example.org"
"""
    accounts = read(tmp_path, text, NEWSLETTER_MAILBOX_PASSWORD="of the environment").accounts
    own = accounts.of("mail.example.org", 993, "articles")
    assert (own.password, own.move_to, own.ca) == ("of the file", "Collected", tmp_path / "mail.pem")
    assert accounts.of("mail.example.org", 143, "post").password == "of the environment"
    assert accounts.of("other.example.org", 993, "anybody").password == "of the environment"
    assert read(tmp_path, "").accounts.of("other.example.org", 993, "anybody").password is None
    assert "of the" not in repr(accounts)


@pytest.mark.parametrize(
    ("line", "words"),
    [("after = 'shred'", "write seen, or move:FOLDER"), ("after = 'move: '", "move:FOLDER"), ("port = 0", "65,535"),
     ("pasword = 'x'", "Did you mean “mailbox.password”")],
)  # fmt: skip
def test_a_mailbox_setting_that_cannot_be_used_is_refused(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        read(tmp_path, f"[[mailbox]]\nhost = 'h'\nuser = 'u'\n{line}\n")


def test_who_is_told_and_how_the_log_is_written(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text(
        '[alerts]\nmail_to = "editor@example.org"\nsmtp = "smtp://127.0.0.1:2525"\n'
        'webhook = "https://hooks.example.org/desk?key=secret"\nwebhook_secret = "hush"\n[log]\nformat = "json"\n'
    )
    found = load(tmp_path, {})
    assert (found.alerts.mail_to, found.alerts.ways) == (("editor@example.org",), ("mail", "webhook"))
    assert found.alerts.smtp is not None
    assert found.alerts.smtp.port == 2525
    assert found.log == "json"
    assert "secret" not in repr(found)
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[alerts]\nmail_to = ["editor"]', "alerts.mail_to"),
        ("[alerts]\nmail_to = 3", "alerts.mail_to"),
        ('[alerts]\nmail_to = ["a@b.org\\nBcc: c@d.org"]', "alerts.mail_to"),
        ('[alerts]\nwebhook = "ftp://hooks.example.org"', "alerts.webhook"),
        ('[alerts]\nwebhook = "http://[::1"', "alerts.webhook"),
        ('[alerts]\nsmtp = "mail.example.org"', "smtp://"),
        ('[alerts]\nmailto = "a@b.org"', "Did you mean “alerts.mail_to”"),
        ('[log]\nformat = "xml"', "text or json"),
    ],
)
def test_alerts_and_logs_that_cannot_be_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "newsletter.toml").write_text(text)
    with pytest.raises(SettingsError) as told:
        load(tmp_path, {})
    assert words in told.value.message
