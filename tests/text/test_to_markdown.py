"""Clean HTML as Markdown: whatever is pasted keeps its words and its links."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.text.excerpt import first_sentences, upto_sentence
from newsletter.text.html import clean
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain
from newsletter.text.to_markdown import pasted, to_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("", ""),
        ("<p>Good <b>morning</b>.</p>", "Good **morning**."),
        ('<p>See <a href="https://a.example/x">the plan</a> now</p>', "See [the plan](https://a.example/x) now"),
        ('<p><a href="https://a.example/x_(1)">one</a></p>', "[one](<https://a.example/x_(1)>)"),
        ("<ul><li>one</li><li>two <em>three</em></li></ul>", "- one\n- two *three*"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<h2>Dates</h2><p>Soon</p>", "### Dates\n\nSoon"),
        ("<blockquote><p>Yes</p><p>No</p></blockquote>", "> Yes\n>\n> No"),
        ("<p>5 * 3 and [x] and _y_</p>", "5 \\* 3 and \\[x\\] and \\_y\\_"),
        ("<p># not a heading</p><p>1. not a list</p>", "\\# not a heading\n\n1\\. not a list"),
        ("<p>one<br>two</p>", "one\\\ntwo"),
        ("<div>one</div><div>two</div>", "one\n\ntwo"),
        ("<p>x<sup>2</sup></p>", "x<sup>2</sup>"),
        ("<script>alert(1)</script><p onclick='x()'>safe</p>", "safe"),
        ('<p><a href="javascript:alert(1)">no</a></p>', "no"),
    ],
)
def test_html_becomes_markdown_that_says_the_same(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown
    assert plain(to_html(markdown)) == plain(clean(html))


WORDS = st.text(alphabet="ab *_[]()<>&;#-+.!`~\\1é\n", max_size=12)
INLINE = st.recursive(
    WORDS.map(lambda text: text.replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split(' ')[0]}>",
        st.sampled_from(["b", "em", "s", "sup", "code", 'a href="https://a.example/?q=(1)&b=2"', "u"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)
BLOCK = st.builds(
    lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
    st.sampled_from(["p", "li", "h3", "blockquote", "pre", "div", "ul"]),
    st.lists(INLINE, max_size=4),
)


@given(html=st.lists(st.one_of(BLOCK, INLINE), max_size=4).map("".join))
@settings(max_examples=100, deadline=None)
def test_nothing_that_is_pasted_loses_a_word_or_a_link(html: str) -> None:
    cleaned, shown = clean(html), to_html(to_markdown(html))
    assert plain(shown) == plain(cleaned)
    assert re.findall('href="([^"]*)"', shown) == re.findall('href="([^"]*)"', cleaned)


def test_pictures_of_a_paste_go() -> None:
    assert pasted('<p>a <img src="https://a.example/b.png" alt="b"> c</p>') == "a c"


TEXT = '<p>One <a href="https://a.example/">link</a>. Two is here! Three?</p><p>Four ends. And fi</p>'


@pytest.mark.parametrize(
    ("count", "ends"),
    [(1, "link</a>.</p>"), (2, "here!</p>"), (3, "Three?</p>"), (4, "<p>Four ends.</p>"), (9, "<p>Four ends.</p>")],
)
def test_the_first_sentences_keep_their_links(count: int, ends: str) -> None:
    assert first_sentences(TEXT, count).endswith(ends)
    assert 'href="https://a.example/"' in first_sentences(TEXT, count)


@pytest.mark.parametrize(
    ("html", "limit", "left"),
    [
        (TEXT, None, "One link. Two is here! Three? Four ends."),
        ("<p>One. Two.</p>", None, "One."),
        ("<p>Only one.</p>", None, "Only one."),
        ("<p>no sentence at all</p>", None, "no sentence at all"),
        ("<p>One. Two. Three.</p>", 6, "One. Two."),
        ("<p>Dr. Smith spoke. He was</p>", None, "Dr. Smith spoke."),
    ],
)
def test_a_text_is_cut_where_a_sentence_ends(html: str, limit: int | None, left: str) -> None:
    assert plain(upto_sentence(html, limit)) == left
