"""What editors write for each reader: read, refused with a reason, and spliced as the straightforward way would."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.nesting import trouble, unwrapped, unwrapped_text
from newsletter.model.personal import BadPersonalisation, Facts, Marks, Place, told
from newsletter.model.reading import html_for, text_for
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Reader, compile_rendition

NONCE = "0123456789abcdef0123"
NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
ADA = Facts(
    name="Ada Moss",
    email="ada@example.org",
    language="de-AT",
    tags=("Gardeners",),
    fields={"Town": "Alderwick", "home town": "Lindenau"},
)


def _told(text: str, facts: Facts) -> str:
    marks = Marks(NONCE)
    return told(marks.mark(text), NONCE, marks.places, facts, str)


@pytest.mark.parametrize(
    ("text", "ada", "nobody"),
    [
        ("Dear {{ name }}!", "Dear Ada Moss!", "Dear !"),
        ('Dear {{ name | default("friend") }}!', "Dear Ada Moss!", "Dear friend!"),
        ("Dear {{name|default('friend')}}!", "Dear Ada Moss!", "Dear friend!"),
        ("Dear {{ name | default(“friend”) }}!", "Dear Ada Moss!", "Dear friend!"),
        ("{{ email }} {{ language }}", "ada@example.org de-AT", " "),
        ("{{ field.town }} {{ fields.TOWN }}", "Alderwick Alderwick", " "),
        ('{{ field["home town"] | default("here") }}', "Lindenau", "here"),
        ('{% if tag("gardeners") %}Dig{% endif %}.', "Dig.", "."),
        ('{% if not tag("gardeners") %}Dig{% else %}Rest{% endif %}', "Rest", "Dig"),
        (
            '{% if language == "fr" %}Bonjour{% elif language == "de" %}Hallo{% else %}Hello{% endif %}',
            "Hallo",
            "Hello",
        ),
        ('{% if field.town == "ALDERWICK" and tag("gardeners") %}x{% endif %}', "x", ""),
        ('{% if field.town != "Lindenau" %}x{% endif %}', "x", "x"),
        ('{% if (tag("a") or tag("gardeners")) and name %}x{% endif %}', "x", ""),
        ('{% if name %}{% if tag("x") %}1{% else %}2{% endif %}{% else %}3{% endif %}', "2", "3"),
        ("{%- if name -%}x{%- endif -%}", "x", ""),
        ("How to write `{{ name }}` in ``{% if x %}``", "How to write `{{ name }}` in ``{% if x %}``", None),
        ("```\n{{ oh }}\n\n{{ no }}\n```", "```\n{{ oh }}\n\n{{ no }}\n```", None),
        ("100% {sure}", "100% {sure}", None),
    ],
)
def test_each_reader_gets_their_words(text: str, ada: str, nobody: str | None) -> None:
    assert _told(text, ADA) == ada
    assert _told(text, Facts()) == (ada if nobody is None else nobody)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nmae }}", "Did you mean “name”?"),
        ("{{ town }}", "written field.town"),
        ("{{ 7*7 }}", "cannot be used"),
        ("{{ }}", "must begin with name"),
        ("{{ ''.__class__ }}", "cannot be used"),
        ("{{ name.__class__ }}", "is too much"),
        ('{{ name | defualt("x") }}', "Did you mean “default”?"),
        ("{{ name | default(x) }}", "a text in quotes is missing"),
        ('{{ name | default("x" }}', "a default is written"),
        ("{{ name email }}", "is too much"),
        ("{{ field. }}", "a custom field is written"),
        ("{% if tag('x') %}y", "is never ended"),
        ("y{% endif %}", "without an {% if … %} before it"),
        ("{% if %}y{% endif %}", "says no condition"),
        ("{% iff tag('x') %}y{% endif %}", "Did you mean “if”?"),
        ("{% for x in y %}", "is no condition"),
        ("{% if tag(gardeners) %}y{% endif %}", "a text in quotes is missing"),
        ("{% if tags == 'x' %}y{% endif %}", "Did you mean “tag”?"),
        ("{% if name = 'x' %}y{% endif %}", "cannot be read"),
        ("{% if name %}1{% else %}2{% else %}3{% endif %}", "ends what comes before"),
        ("{% if name %}1{% else name %}2{% endif %}", "takes no condition"),
        ("{% if (name %}1{% endif %}", "never closed"),
    ],
)
def test_a_mistake_is_one_sentence_and_leaves_no_place(text: str, said: str) -> None:
    marks = Marks(NONCE)
    with pytest.raises(BadPersonalisation) as refused:
        marks.mark(f"{{{{ name }}}} {text}")
    assert said in refused.value.message
    assert "\n" not in refused.value.message
    assert marks.places == []


def test_conditions_on_lines_of_their_own_leave_no_empty_paragraph() -> None:
    marks = Marks(NONCE)
    marked = marks.mark('One.\n{% if tag("x") %}\nTwo.\n{% else %}\nThree.\n{% endif %}\nFour.')
    paragraphs = [part.strip() for part in marked.split("\n\n") if part.strip()]
    html = unwrapped("".join(f"<p>{part}</p>" for part in paragraphs), NONCE)
    text = unwrapped_text("\n\n".join(paragraphs), NONCE)
    assert told(html, NONCE, marks.places, Facts(tags=("x",)), str) == "<p>One.</p><p>Two.</p><p>Four.</p>"
    assert told(html, NONCE, marks.places, Facts(), str) == "<p>One.</p><p>Three.</p><p>Four.</p>"
    assert told(text, NONCE, marks.places, Facts(), str) == "One.\n\nThree.\n\nFour."
    assert trouble(html, NONCE) is None


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ("<p>{b}x{e}</p>", True),
        ("{b}<p>x</p><ul><li>y</li></ul>{e}", True),
        ("<p>{b}x<br>y{e}</p>", True),
        ("<p>{b}x</p><p>y{e}</p>", False),
        ("<p>{b}<b>x{e}</b></p>", False),
        ("<p>{b}x</p>", False),
        ('<p><a href="https://x.example/{v}">x</a></p>', False),
        ('<p><img alt="{v}"></p>', False),
        ("<p>mg0123456789abcdef0123v0</p>", False),
    ],
)
def test_broken_nesting_is_seen(html: str, whole: bool) -> None:
    names = {name: token(NONCE, f"{name}0") for name in "vbe"}
    assert (trouble(html.format(**names), NONCE) is None) is whole


texts = st.text(
    st.one_of(
        st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\x85{}%`"),
        st.sampled_from(list("\n\n. =\tF&<")),
    ),
    max_size=120,
)
values = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\x85"), max_size=90)
bodies = st.recursive(
    st.one_of(texts, st.sampled_from(["{{ name }}", '{{ name | default("you") }}', "{{ field.town }}", "\n"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(st.sampled_from(['tag("a")', 'not tag("b")', 'language == "de"', "name"]), inner, inner).map(
            lambda parts: f"{{% if {parts[0]} %}}{parts[1]}{{% else %}}{parts[2]}{{% endif %}}"
        ),
    ),
    max_leaves=12,
)
readers = st.builds(
    Facts,
    name=values,
    language=st.sampled_from(["", "de", "en"]),
    tags=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    fields=st.dictionaries(st.just("town"), values),
)


@settings(max_examples=80, deadline=None)
@given(body=bodies, facts=st.lists(readers, min_size=1, max_size=3))
def test_the_splice_says_what_the_straightforward_rendering_says(body: str, facts: list[Facts]) -> None:
    marks = Marks(NONCE)
    marked = f"{marks.mark(body)}\n{token(NONCE, UNSUBSCRIBE)}\n"
    data = RenditionData(
        subject="x",
        sender="desk@letter.example.org",
        reply_to="",
        list_id="",
        html=marked,
        text=marked,
        base_url="https://news.example.org",
        nonce=NONCE,
        personal=tuple(marks.places),
    )
    own = {UNSUBSCRIBE: "https://news.example.org/u?a=1&b=2"}
    compiled = compile_rendition(data)
    for one in facts:
        reader = Reader(address="ada@example.org", values=own, facts=one)
        message = compiled.splice(reader, message_id="<1@x>", date=NOW)
        assert message.isascii()
        assert all(len(line) <= 998 for line in message.split(b"\r\n"))
        assert all(len(line) <= 76 for line in message.partition(b"\r\n\r\n")[2].split(b"\r\n"))
        assert not any(line.startswith((b".", b"From ")) for line in message.split(b"\r\n"))
        text, html = message_from_bytes(message, policy=policy.default).iter_parts()  # type: ignore[attr-defined]
        assert text.get_content().replace("\r\n", "\n") == text_for(data, own, one)
        assert html.get_content().replace("\r\n", "\n") == html_for(data, own, one)


def test_a_readers_words_are_never_read_again_and_escaped_for_their_place() -> None:
    evil = Facts(name="{{7*7}}</title><script>" + token(NONCE, UNSUBSCRIBE))
    place = Place("value", "name")
    shown = told(f"<p>{token(NONCE, 'v0')}</p>", NONCE, [place], evil, escape)
    assert shown.startswith("<p>{{7*7}}&lt;/title&gt;&lt;script&gt;")


def test_a_rendition_that_says_something_else_to_somebody_has_another_checksum() -> None:
    bare = RenditionData(
        subject="", sender="", reply_to="", list_id="", html="", text="", base_url="", nonce=NONCE,
        personal=(Place("value", "name"),),
    )  # fmt: skip
    other = RenditionData(
        subject="", sender="", reply_to="", list_id="", html="", text="", base_url="", nonce=NONCE,
        personal=(Place("value", "email"),),
    )  # fmt: skip
    assert bare.checksum != other.checksum
