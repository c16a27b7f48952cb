"""Text from outside is data, wherever it stands."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import preflight
from newsletter.render.compose import compose

ATTACKS = (
    "{{7*7}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "--><script>alert(1)</script>",
    "<![endif]--><script>alert(1)</script><!--[if mso]>",
    "</style><script>alert(1)</script>",
    "a\r\nBcc: everybody@example.org",
    "<a href='javascript:alert(1)'>x</a>",
)


def _hostile(sample: Any, text: str) -> RenditionData:
    version = sample.version(
        1, title=text, excerpt=text, outlet=text, url=f"https://x.example/?q={text}", language=text
    )
    block = sample.block(1, 1, teaser=text)
    words = sample.block(2, headline=text, blurb=text)
    event = sample.occurrence(1, text, sample.ON, description=text, place=text, contact=text, rule_text=text, url=text)
    calendar = sample.Block(id=sample.BlockId(3), kind=sample.BlockKind.CALENDAR)
    return compose(
        sample.publication(name=text, tagline=text, address=text),
        sample.issue(sample.section(1, text, block, words, calendar), title=text, preheader=text),
        {sample.pin(1): version},
        [event],
        settings=sample.settings(),
        on=sample.ON,
        nonce=sample.NONCE,
    )


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_code(sample: Any, lint: ModuleType, text: str) -> None:
    data = _hostile(sample, text)
    tree = lxml.html.document_fromstring(data.html)
    assert not tree.xpath("//script | //svg | //img | //@onerror | //@onload")
    assert not [one for one in tree.xpath("//@href") if one.lower().startswith("javascript:")]
    assert "49" not in data.subject
    assert "\n" not in data.subject
    assert "\r" not in data.html + data.text
    findings = {one.code for one in preflight(sample.publication(), sample.issue(), data, settings=sample.settings())}
    assert "unsafe-html" not in findings
    assert [one for one in lint.problems(data.html) if "cross" in one or "open" in one or "h1" in one] == []


def test_a_template_language_in_a_title_stays_text(sample: Any) -> None:
    data = _hostile(sample, "{{7*7}} {{ settings }}")
    assert "{{7*7}} {{ settings }}" in data.html
    assert "{{7*7}} {{ SETTINGS }}" in data.text


def test_a_feed_cannot_name_a_readers_token(sample: Any) -> None:
    guess = token("0" * 20, UNSUBSCRIBE)
    data = _hostile(sample, f"https://thief.example/?{guess}&{{{{email}}}}&*|EMAIL|*")
    own = token(sample.NONCE, UNSUBSCRIBE)
    assert data.html.count(own) == 1
    assert data.text.count(own) == 1
    assert all(own not in link.target for link in data.links)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_text_keeps_the_document_whole(sample: Any, lint: ModuleType, text: str) -> None:
    data = _hostile(sample, text)
    tree = lxml.html.document_fromstring(data.html)
    assert len(tree.xpath("//table[@class='sheet']")) == 1
    assert len(tree.xpath("//h1")) == 1
    assert "Outlook's tables cross" not in lint.problems(data.html)
    data.html.encode()
    data.text.encode()


def test_a_word_of_90_letters_is_broken_in_the_text_part(sample: Any) -> None:
    data = _hostile(sample, "Donau" * 18)
    assert all(len(line) <= 78 or "https://" in line for line in data.text.split("\n"))
