"""A mailbox as a source, at a real server: what colleagues send becomes items, once, and is marked after the commit."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from imap_server import PASSWORD, Cutting, Dovecot

from newsletter.accounts import Account, Accounts
from newsletter.model.event import EventStatus
from newsletter.settings import Fetching
from newsletter.store import events, items, sources
from newsletter.workflows import collect as workflow

NUMBERS = count(1)
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Alderwick//EN\r\nBEGIN:VEVENT\r\nUID:fair@alderwick.example\r\n"
    "DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20261205\r\nSUMMARY:Winter fair\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def message(
    subject: str = "The bridge opens on Monday",
    text: str = "The mayor cuts the ribbon at noon, and the ferry rests.",
    *,
    html: str = "",
    sender: str = "Rosa Lindqvist <rosa@alderwick.example>",
    number: int | None = None,
    attached: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A message as a mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "articles@alderwick.example", subject
    mail["Date"] = "Thu, 26 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = f"<{number or next(NUMBERS)}@alderwick.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in (attached or {}).items():
        kind = ("text", "calendar") if name.endswith(".ics") else ("application", "octet-stream")
        mail.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return bytes(mail)


@pytest.fixture
def user() -> str:
    return f"rosa{next(NUMBERS)}"


@pytest.fixture
def box(desk: Any, dovecot: Dovecot, user: str) -> Any:
    """The desk, with a source that is this user's mailbox."""
    account = Account(host="127.0.0.1", user=user, password=PASSWORD, ca=dovecot.cert)
    desk.settings = replace(desk.settings, accounts=Accounts(named=(account,)))
    desk.add(f"imaps://{user}@127.0.0.1:{dovecot.tls}/INBOX")
    return desk


def test_a_message_becomes_an_item_with_its_sender_and_is_marked_as_read(box: Any, dovecot: Dovecot, user: str) -> None:
    dovecot.put(user, message("Fwd: The bridge opens on Monday"))
    outcome = box.only()
    assert (outcome.status.value, outcome.new, outcome.error) == ("ok", 1, None)
    (item,) = box.queue()
    assert (item.latest.title, item.latest.author) == ("The bridge opens on Monday", "Rosa Lindqvist")
    assert item.flags == ("sender: rosa@alderwick.example",)
    assert rb"\Seen" in dovecot.flags(user)[0]
    assert box.only().status.value == "not-modified"
    assert len(box.queue()) == 1


def test_a_kill_between_keeping_and_marking_repeats_nothing(
    box: Any, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.put(user, message(), message("The mill is sold"))

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(workflow, "mark", killed)
        with pytest.raises(Killed):
            box.collect()
    assert len(box.queue()) == 2
    assert not any(rb"\Seen" in one for one in dovecot.flags(user))
    outcome = box.only()
    assert (outcome.new, outcome.updated) == (0, 0)
    assert len(box.queue()) == 2
    assert all(rb"\Seen" in one for one in dovecot.flags(user))


def test_a_kill_before_keeping_loses_nothing(
    box: Any, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.put(user, message())
    with monkeypatch.context() as patched:
        patched.setattr(workflow.items, "keep", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            box.collect()
    assert not any(rb"\Seen" in one for one in dovecot.flags(user))
    assert box.only().new == 1


def test_kept_messages_are_moved_where_the_settings_say_so(box: Any, dovecot: Dovecot, user: str) -> None:
    (account,) = box.settings.accounts.named
    box.settings = replace(box.settings, accounts=Accounts(named=(replace(account, move_to="Gesammelt für später"),)))
    dovecot.put(user, message(), message("", "", sender="nobody@alderwick.example"))
    outcome = box.only()
    assert outcome.new == 1
    assert "holds no text" in (outcome.error or "")
    assert len(dovecot.flags(user)) == 1  # for a person to look at
    assert len(dovecot.flags(user, '"Gesammelt f&APw-r sp&AOQ-ter"')) == 1


def test_what_somebody_read_before_us_is_taken_all_the_same(box: Any, dovecot: Dovecot, user: str) -> None:
    dovecot.put(user, message("Old news"))
    with dovecot.client(user) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Seen)")
    box.collect()
    assert box.queue() == []  # it was read before there was a source
    dovecot.put(user, message("The mill is sold"))
    with dovecot.client(user) as client:
        client.select("INBOX")
        client.store("2", "+FLAGS", r"(\Seen)")
    box.collect()
    assert box.titles() == ["The mill is sold"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x@alderwick.example"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@mail.alderwick.example"},
        {"Return_Path": "<>"},
        {"List_Id": "Alderwick Letter <alderwick-letter.localhost>"},
    ],
)
def test_what_answers_by_itself_and_our_own_mail_become_no_item(
    box: Any, dovecot: Dovecot, user: str, headers: dict[str, str]
) -> None:
    dovecot.put(user, message("Out of office", **headers), message())  # type: ignore[arg-type]
    outcome = box.only()
    assert box.titles() == ["The bridge opens on Monday"]
    assert outcome.error is None
    assert outcome.ignored[0].startswith("“Out of office” (")
    assert all(rb"\Seen" in one for one in dovecot.flags(user))


def test_a_report_about_a_delivery_becomes_no_item(box: Any, dovecot: Dovecot, user: str) -> None:
    report = (
        b"From: x@alderwick.example\nSubject: Returned\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nIt came back.\n--b--\n"
    )
    dovecot.put(user, report)
    assert box.only().new == 0


def test_lists_of_others_are_welcome(box: Any, dovecot: Dovecot, user: str) -> None:
    links = "".join(
        f"<tr><td><a href='https://ferry.example/{n}?utm_source=mail'>The {word} of Alderwick opens</a></td>"
        f"<td><p>Text of the {word}, with <a href='https://ferry.example/v'>a film</a>.</p></td></tr>"
        for n, word in enumerate(("bridge", "ferry", "market"))
    )
    letter = message(
        "This week", "See the other part.", html=f"<p>Good morning!</p><table>{links}</table><p>Unsubscribe here</p>",
        sender="The Ferry <news@ferry.example>", List_Id="<news.ferry.example>", Precedence="bulk",
        Auto_Submitted="no",
    )  # fmt: skip
    dovecot.put(user, letter)
    box.collect()
    assert box.titles() == [f"The {word} of Alderwick opens" for word in ("bridge", "ferry", "market")]
    assert {one.latest.outlet for one in box.queue()} == {"The Ferry"}
    assert {one.latest.url for one in box.queue()} == {f"https://ferry.example/{n}" for n in range(3)}
    assert all("https://ferry.example/v" in one.latest.excerpt for one in box.queue())
    assert not any("Unsubscribe" in one.latest.body for one in box.queue())


def test_attachments_are_read_like_dropped_files(box: Any, web: Any, dovecot: Dovecot, user: str) -> None:
    page = web.serve("/page", "<title>The old mill</title><article><p>The mill turns again.</p></article>")
    attached = {
        "note.md": b"---\ntitle: A note\n---\nThe orchard is open.\n",
        "list.csv": b"title,url\nEleven plots are free,https://a.example/plots\n",
        "fair.ics": ICS.encode(),
        "link.url": f"[InternetShortcut]\r\nURL={page}\r\n".encode(),
        "feeds.opml": b'<opml version="2.0"><body><outline xmlUrl="https://a.example/feed"/></body></opml>',
        "inner.eml": message("A letter in a letter", "With words of its own."),
        "broken.json": b"{",
        "../../run.exe": b"MZ",
    }
    dovecot.put(user, message("See attached", "Seven things for the next issue.", attached=attached))
    outcome = box.only()
    assert box.titles() == [
        "A letter in a letter", "A note", "Eleven plots are free", "See attached", "The old mill",
    ]  # fmt: skip
    assert "broken.json: The file is broken JSON" in (outcome.error or "")
    assert "added by hand" in (outcome.error or "")
    assert outcome.ignored == ("run.exe",)
    assert outcome.events == 1
    with box.store.reading() as tx:
        (event,) = events.listing(tx, box.publication.id)
        assert event.data.status is EventStatus.PROPOSED  # anybody can write to the address
        assert len(sources.listing(tx, box.publication.id)) == 1
    box.collect(force=True)
    assert len(box.queue()) == 5


def test_bullets_with_dates_are_proposed_as_events(box: Any, dovecot: Dovecot, user: str) -> None:
    text = (
        "Two dates for you:\n\n- December 5: Winter fair at the mill\n- December 12-13 Open studios\n- Bring a coat\n"
    )
    dovecot.put(user, message("Dates", text))
    assert box.only().events == 2


def test_dates_that_come_twice_are_one_event(box: Any, dovecot: Dovecot, user: str) -> None:
    text = "- December 5: Winter fair at the mill\n"
    dovecot.put(user, message("Dates", text), message("Dates again", text))
    box.collect()
    with box.store.reading() as tx:
        assert len(events.listing(tx, box.publication.id)) == 1


def test_a_link_that_is_handed_on_gets_its_page_through_the_guard(
    box: Any, web: Any, dovecot: Dovecot, user: str
) -> None:
    page = web.serve("/mill", "<title>The old mill</title><article><p>The mill turns again.</p></article>")
    dovecot.put(user, message("look at this", f"For the next issue:\n{page}\n\n-- \nRosa\nhttps://rosa.example\n"))
    box.collect()
    (item,) = box.queue()
    assert (item.latest.title, item.latest.url) == ("The old mill", page)
    dovecot.put(user, message("and this", f"{page}?x=http://127.0.0.1:1/"))
    box.settings = replace(box.settings, fetching=replace(box.settings.fetching, allow_private_hosts=False))
    assert "private address" in (box.only().error or "")


def test_a_message_larger_than_the_limit_is_told_and_left_for_a_person(box: Any, dovecot: Dovecot, user: str) -> None:
    dovecot.put(user, message("Big", "x" * 70 + "\n" + ("y" * 70 + "\n") * 1000), message())
    outcome = box.only()
    assert box.titles() == ["The bridge opens on Monday"]
    assert "larger than" in (outcome.error or "")
    assert box.only().error is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "does not let"),
        ({"password": None}, "There is no password for"),
        ({"ca": None}, "certificate"),
        ({"ca": Path("missing.pem")}, "cannot be read"),
    ],
)
def test_a_mailbox_that_does_not_open_is_a_state_and_a_sentence(
    box: Any, dovecot: Dovecot, user: str, change: dict[str, Any], words: str
) -> None:
    (account,) = box.settings.accounts.named
    box.settings = replace(box.settings, accounts=Accounts(named=(replace(account, **change),)))
    outcome = box.only()
    assert outcome.status.value == "error"
    assert words in outcome.error
    assert "wrong" not in outcome.error
    assert box.only().status.value == "waiting"


def test_a_folder_that_is_not_there_is_a_sentence(desk: Any, box: Any, dovecot: Dovecot, user: str) -> None:
    source = desk.add(f"imaps://{user}@127.0.0.1:{dovecot.tls}/Nowhere")
    (outcome,) = box.collect(only=source.id).outcomes
    assert "has no folder “Nowhere”" in (outcome.error or "")


def test_starttls_and_plain_on_this_machine(desk: Any, dovecot: Dovecot, user: str) -> None:
    desk.settings = replace(desk.settings, accounts=Accounts(password=PASSWORD))
    dovecot.put(user, message())
    desk.add(f"imap://{user}@localhost:{dovecot.plain}")
    assert desk.only().new == 1


def test_a_message_that_always_ends_the_conversation_is_stepped_over_and_told(
    desk: Any, dovecot: Dovecot, user: str
) -> None:
    desk.settings = replace(desk.settings, accounts=Accounts(password=PASSWORD))
    numbers = ("one", "two", "three", "four")
    dovecot.put(user, *(message(f"Story {n} of Alderwick", f"What story {n} tells.") for n in numbers))
    way = Cutting(dovecot.plain, 2)
    desk.add(f"imap://{user}@localhost:{way.port}")
    looks = []
    for _ in range(4):
        looks.append(desk.only())
        desk.later(minutes=10)
    way.close()
    found = [(one.new, one.status.value) for one in looks]
    assert found == [(1, "ok"), (0, "error"), (2, "ok"), (0, "not-modified")]
    assert "message 2: The connection to localhost" in looks[2].error
    assert "It ended 3 looks in a row, and was marked as read" in looks[2].error
    assert looks[3].error is None
    assert [rb"\Seen" in one for one in dovecot.flags(user)] == [True] * 4


def test_two_messages_that_end_the_conversation_hold_up_nothing_for_ever(
    desk: Any, dovecot: Dovecot, user: str
) -> None:
    desk.settings = replace(desk.settings, accounts=Accounts(password=PASSWORD))
    dovecot.put(user, *(message(f"Story {n} of Alderwick", f"What story {n} tells.") for n in ("one", "two", "three")))
    way = Cutting(dovecot.plain, 1, 2)
    desk.add(f"imap://{user}@localhost:{way.port}")
    new = []
    for _ in range(6):
        new.append(desk.only().new)
        desk.later(minutes=30)
    way.close()
    assert new == [0, 0, 0, 0, 1, 0]


def test_a_message_that_comes_through_in_the_end_is_an_item(desk: Any, dovecot: Dovecot, user: str) -> None:
    desk.settings = replace(desk.settings, accounts=Accounts(password=PASSWORD))
    dovecot.put(user, message())
    way = Cutting(dovecot.plain, 1)
    source = desk.add(f"imap://{user}@localhost:{way.port}")
    for _ in range(2):
        assert "broke off" in (desk.only().error or "")
        desk.later(minutes=10)
    way.at.clear()
    assert desk.only().new == 1
    way.close()
    with desk.store.reading() as tx:
        assert sources.get(tx, desk.publication.id, source.id).memory.etag.count(":") == 1, "the tries are forgotten"


def test_the_password_is_nowhere_in_the_database(box: Any, dovecot: Dovecot, user: str, tmp_path: Path) -> None:
    dovecot.put(user, message())
    box.collect()
    assert all(PASSWORD.encode() not in one.read_bytes() for one in tmp_path.glob("newsletter.db*"))


def test_private_hosts_are_asked_only_where_the_settings_say_so(box: Any) -> None:
    box.settings = replace(box.settings, fetching=Fetching(timeout=5.0))
    assert "is the private address 127.0.0.1" in (box.only().error or "")


def test_more_messages_than_one_look_takes_come_with_the_next(
    box: Any, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.collect.mailbox.MOST", 2)
    dovecot.put(user, *(message(f"Story number {n} of five", f"Its text is number {n}.") for n in range(5)))
    assert [box.only().new for _ in range(4)] == [2, 2, 1, 0]
    with box.store.reading() as tx:
        assert len(items.listing(tx, box.publication.id, now=box.clock.now())) == 5
