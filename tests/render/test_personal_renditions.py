"""What was saved as personal is whole for every reader, in every theme."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import product
from types import ModuleType
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.personal import BadPersonalisation, Facts
from newsletter.model.reading import html_for, text_for
from newsletter.model.splice import Reader, compile_rendition
from newsletter.render.checks import preflight
from newsletter.render.compose import compose
from newsletter.text.personal import check_personal

READERS = [Facts(name=name, tags=tags) for name, tags in product(("", "Ada & <b>"), ((), ("a",), ("a", "b")))]
OWN = {"unsubscribe": "https://letter.example.org/unsubscribe/x"}

pieces = st.sampled_from(
    [
        "Good *morning*, {{ name | default('you') }}.",
        "\n\n",
        "\n",
        "\n{% if tag('a') %}\n",
        "\n{% else %}\n",
        "\n{% endif %}\n",
        "{% if tag('b') %}",
        "{% endif %}",
        "\n- one\n- two [link](https://x.example/)\n",
        "\n> said\n",
        "**[Give](https://x.example/give)**",
        "**bold",
        "**",
        "`{{ name }}`",
        "<table><tr><td>a",
    ]
)


def _composed(sample: Any, blurb: str, theme: str) -> tuple[Any, Any]:
    issue = sample.issue(
        sample.section(1, "", sample.block(1, blurb="Hello."), sample.block(2, 1)),
        sample.section(2, "News", sample.block(3, blurb=blurb), sample.block(4, 3, blurb=blurb)),
        theme=theme,
    )
    data = compose(
        sample.publication(), issue, sample.VERSIONS, (), settings=sample.settings(), on=sample.ON, nonce=sample.NONCE
    )
    return issue, data


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(pieces, min_size=1, max_size=8), theme=st.sampled_from(["weekly", "digest", "letter"]))
def test_what_passes_when_saved_is_whole_for_every_reader(
    sample: Any, lint: ModuleType, parts: list[str], theme: str
) -> None:
    blurb = "".join(parts)
    try:
        check_personal(blurb, where="--blurb", markdown=True)
    except BadPersonalisation:
        return
    issue, data = _composed(sample, blurb, theme)
    found = preflight(sample.publication(), issue, data, settings=sample.settings(), versions=sample.VERSIONS)
    assert not [one for one in found if one.code == "bad-personalisation"]
    for facts in READERS:
        html, text = html_for(data, OWN, facts), text_for(data, OWN, facts)
        assert not re.search(r"mg[0-9a-f]{20}", html + text)
        ours = [one for one in lint.problems(html) if not one.startswith("a link")]
        assert ours == []
        assert "<b>" not in text or "Ada & <b>" in text
        assert len(lxml.html.document_fromstring(html).xpath("//table[@class='sheet']")) == 1


BRANCHES = """{% if tag("gardeners") %}Gardeners **only** [go](https://g.example/) {% elif language == "de" %}\
Deutsch [geh](https://d.example/){% else %}Everyone else {{ name }}{% endif %} and [all](https://all.example/).

{% if tag("gardeners") %}

Bring [tools](https://tools.example/) and:

- [seeds](https://seeds.example/)

[Come](https://come.example/)

{% endif %}

The [end](https://end.example/).
"""


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
@pytest.mark.parametrize(
    ("facts", "hosts"),
    [
        (Facts(name="Ada", tags=("Gardeners",)), {"g", "tools", "seeds", "come"}),
        (Facts(name="Ben", language="de-AT"), {"d"}),
        (Facts(name="Eve"), set()),
    ],
)
def test_the_text_part_has_the_links_of_the_branch_a_reader_sees(
    sample: Any, theme: str, facts: Facts, hosts: set[str]
) -> None:
    issue = sample.issue(sample.section(1, "", sample.block(1, blurb=BRANCHES)), theme=theme)
    data = compose(sample.publication(), issue, {}, (), settings=sample.settings(), on=sample.ON, nonce=sample.NONCE)
    wanted = hosts | {"all", "end"}
    possible = wanted | {"g", "d", "tools", "seeds", "come"}
    html, text = html_for(data, OWN, facts), text_for(data, OWN, facts)
    for part in (html, text):
        assert {host for host in possible if f"https://{host}.example/" in part} == wanted
    assert "all [1]." in text and "end [2]." in text
    assert "[1] https://all.example/\n[2] https://end.example/\n" in text
    assert "[3]" not in text
    message = compile_rendition(data).splice(
        Reader(address="a@example.org", values=OWN, facts=facts),
        message_id="<1@example.org>",
        date=datetime(2026, 11, 20, tzinfo=UTC),
    )
    plain = message_from_bytes(message, policy=policy.default).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_a_heading_in_capitals_keeps_its_places(sample: Any, theme: str) -> None:
    issue = sample.issue(
        sample.section(1, "", sample.block(1, headline="{{ name | default('you') }} first", blurb="Words.")),
        theme=theme,
    )
    data = compose(sample.publication(), issue, {}, (), settings=sample.settings(), on=sample.ON, nonce=sample.NONCE)
    assert "Ada FIRST" in text_for(data, OWN, Facts(name="Ada"))


def test_a_template_that_cuts_a_place_is_told(sample: Any, tmp_path: Any) -> None:
    folder = tmp_path / "templates" / "weekly"
    folder.mkdir(parents=True)
    (folder / "issue.txt.j2").write_text("{{ sections[0].blocks[0].headline[:20] }} {{ unsubscribe }}")
    issue = sample.issue(sample.section(1, "", sample.block(1, headline="{{ name }} first", blurb="Words.")))
    here = sample.settings(tmp_path)
    data = compose(sample.publication(), issue, {}, (), settings=here, on=sample.ON, nonce=sample.NONCE)
    codes = {one.code for one in preflight(sample.publication(), issue, data, settings=here)}
    assert "bad-personalisation" in codes


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_much_and_strange_content_is_composed(sample: Any, lint: ModuleType, theme: str) -> None:
    word = "Zusammenhang" * 850
    strange = (
        f"<p>{word}</p>",
        "<table><tr><td>never closed<table><tr><td>again",
        "<p>e\u0301 n\u0303 👩‍👩‍👧‍👦 🇵🇹 \u200f</p>",
        "<p>城镇图书馆星期日开放</p>",
        '<p dir="rtl">مكتبة البلدة تفتح أيام الأحد</p>',
    )
    versions = {
        sample.pin(n): sample.version(n, excerpt=strange[n % 5] if n < 6 else "<p>a</p>") for n in range(1, 301)
    }
    blocks = [sample.block(n, n) for n in range(1, 301)]
    issue = sample.issue(sample.section(1, "News", *blocks), theme=theme)
    data = compose(
        sample.publication(), issue, versions, (), settings=sample.settings(), on=sample.ON, nonce=sample.NONCE
    )
    assert [one for one in lint.problems(data.html) if one != "longer than Gmail shows"] == []
    found = {
        one.code for one in preflight(sample.publication(), issue, data, settings=sample.settings(), versions=versions)
    }
    assert found <= {"html-size", "no-teaser", "same-story"}
    assert len(data.links) >= 300
