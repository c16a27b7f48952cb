"""What is said and heard on a connection, without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.send.address import Envelope
from newsletter.send.dialogue import Dialogue, Ended, Event, Go, NoSmtp, Refused
from newsletter.send.outcomes import Answer, Stage
from newsletter.send.replies import LONGEST_ANSWER, EndlessAnswer, Replies

ADA = Envelope("desk@letter.example.org", "ada@example.org")
BEN = Envelope("desk@letter.example.org", "ben@example.org")
MESSAGE = b"Subject: x\r\n\r\nThe ferry returns.\r\n"


def written(dialogue: Dialogue) -> list[bytes]:
    """All that is to be written, write by write."""
    pieces = []
    while (piece := dialogue.pending()) is not None:
        pieces.append(bytes(piece))
        dialogue.wrote(len(piece))
    return pieces


def opened(envelope: Envelope = ADA, **manners: bool) -> Dialogue:
    dialogue = Dialogue(**({"pipelining": True, "declares_size": False} | manners))
    dialogue.open(envelope, len(MESSAGE))
    return dialogue


def test_an_envelope_is_one_write_and_the_message_and_its_dot_are_two() -> None:
    dialogue = opened(declares_size=True)
    assert written(dialogue) == [
        b"MAIL FROM:<desk@letter.example.org> SIZE=%d\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n" % len(MESSAGE)
    ]
    assert dialogue.feed(b"250 ok\r\n250 ok\r\n354 go") == []
    assert dialogue.feed(b" on\r\n") == [Go()]
    dialogue.send(MESSAGE)
    assert written(dialogue) == [MESSAGE, b".\r\n"]
    assert dialogue.feed(b"250 2.0.0 taken\r\n") == [Ended(Answer(Stage.DOT, 250, "2.0.0 taken", fresh=True))]
    assert dialogue.is_quiet
    assert not dialogue.holds_envelope


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    dialogue = opened(pipelining=False)
    said: list[bytes] = []
    events: list[Event] = []
    for answer in (b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
        said += written(dialogue)
        events += dialogue.feed(answer)
    assert [one.split(b" ")[0].strip() for one in said] == [b"MAIL", b"RCPT", b"DATA"]
    assert events == [Go()]


def test_the_next_envelope_stands_behind_the_final_dot_in_the_same_write() -> None:
    dialogue = opened()
    written(dialogue)
    dialogue.feed(b"250 ok\r\n250 ok\r\n354 go\r\n")
    dialogue.send(MESSAGE)
    dialogue.open(BEN, len(MESSAGE))
    body, dot = written(dialogue)
    assert body == MESSAGE
    assert dot.startswith(b".\r\nMAIL FROM:<desk@letter.example.org>\r\nRCPT TO:<ben@example.org>\r\nDATA\r\n")
    assert dialogue.feed(b"250 taken\r\n250 ok\r\n250 ok\r\n354 go\r\n") == [
        Ended(Answer(Stage.DOT, 250, "taken", fresh=True)),
        Go(),
    ]
    assert dialogue.holds_envelope


@pytest.mark.parametrize(
    ("answers", "stage", "code", "then"),
    [
        (b"250 ok\r\n550 no\r\n554 nobody\r\n", Stage.RCPT, 550, b"RSET\r\n"),
        (b"250 ok\r\n550 no\r\n354 go\r\n", Stage.RCPT, 550, b".\r\nRSET\r\n"),  # nobody is left: a lone dot ends it
        (b"550 no\r\n503 first MAIL\r\n503 first RCPT\r\n", Stage.MAIL, 550, b"RSET\r\n"),
        (b"250 ok\r\n250 ok\r\n451 later\r\n", Stage.DATA, 451, b"RSET\r\n"),
        (b"421 too many\r\n", Stage.MAIL, 421, b""),
        (b"250 ok\r\n421 bye\r\n", Stage.RCPT, 421, b""),
        (b"550 no\r\n250 ok\r\n354 go\r\n", Stage.MAIL, 550, b""),  # a lone dot would deliver an empty message
    ],
)
def test_a_refused_envelope_is_left_behind(answers: bytes, stage: Stage, code: int, then: bytes) -> None:
    dialogue = opened()
    written(dialogue)
    [refused] = dialogue.feed(answers)
    assert isinstance(refused, Refused)
    assert (refused.answer.stage, refused.answer.code) == (stage, code)
    assert b"".join(written(dialogue)) == then
    assert dialogue.is_over is (then == b"")


def test_a_lost_connection_says_how_far_each_message_had_come() -> None:
    dialogue = opened()
    assert dialogue.lost("gone") == [Refused(Answer(Stage.MAIL, None, "gone", fresh=True))]

    dialogue = opened()
    written(dialogue)
    dialogue.feed(b"250 ok\r\n250 ok\r\n354 go\r\n")
    dialogue.send(MESSAGE)
    dialogue.open(BEN, len(MESSAGE))
    dialogue.pending()
    dialogue.wrote(5)
    assert [event.answer.stage for event in dialogue.lost("gone")] == [Stage.BODY, Stage.MAIL]

    dialogue = opened()
    written(dialogue)
    dialogue.feed(b"250 ok\r\n250 ok\r\n354 go\r\n")
    dialogue.send(MESSAGE)
    dialogue.wrote(len(MESSAGE))
    dialogue.pending()  # from here on the dot may have been written
    assert [event.answer.stage for event in dialogue.lost("gone")] == [Stage.DOT]


@given(st.lists(st.sampled_from([b"250 ok", b"250-a\r\n250 b", b"354 go", b"550 5.1.1 no"]), max_size=9), st.data())
def test_answers_are_the_same_in_whatever_pieces_they_come(answers: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(one + b"\r\n" for one in answers)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=9)))
    replies = Replies()
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        replies.feed(whole[start:end])
    heard = []
    while (reply := replies.next()) is not None:
        heard.append(reply)
    assert [code for code, _ in heard] == [int(one[:3]) for one in answers]
    assert [text.count(b"\n") for _, text in heard] == [one.count(b"\n") for one in answers]


def test_an_answer_without_an_end_and_one_that_is_no_smtp_are_told() -> None:
    with pytest.raises(EndlessAnswer):
        Replies().feed(b"2" * (LONGEST_ANSWER + 1))
    replies = Replies()
    with pytest.raises(EndlessAnswer):
        for _ in range(LONGEST_ANSWER):
            replies.feed(b"250-more\r\n")
    with pytest.raises(NoSmtp):
        opened().feed(b"HTTP/1.1 400 Bad Request\r\n")
