"""What refuses approval, what warns, and what passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.model.finding import Level
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import preflight, still_allowed
from newsletter.render.compose import compose
from newsletter.settings import Smtp

NEAR = Smtp(host="127.0.0.1", port=1025, starttls="auto")
FAR = Smtp(host="mail.example.org", port=587)
FOLDER = Smtp(folder=Path("outbox"))


def _codes(sample: Any, data: RenditionData, *, settings: Any = None, issue: Any = None, **over: Any) -> dict[str, Any]:
    findings = preflight(
        sample.publication(**over),
        issue or sample.issue(),
        data,
        settings=settings or sample.settings(),
        versions=sample.VERSIONS,
    )
    return {finding.code: finding for finding in findings}


def _errors(*args: Any, **over: Any) -> set[str]:
    return {code for code, finding in _codes(*args, **over).items() if finding.level is Level.ERROR}


def test_the_sample_can_go_out(sample: ModuleType, rendition: RenditionData) -> None:
    assert _errors(sample, rendition) == set()


def test_without_a_key_no_link_to_unsubscribe_can_be_signed(sample: ModuleType, rendition: RenditionData) -> None:
    settings = sample.settings(secret_keys=())
    assert _errors(sample, rendition, settings=settings) == {"no-secret-key"}
    allowed = still_allowed(sample.publication(), sample.issue(), rendition, settings=settings)
    assert [one.code for one in allowed] == ["no-secret-key"]


@pytest.mark.parametrize(
    ("url", "servers", "expected"),
    [
        ("", (FAR,), {"base-url-unset"}),
        ("", (), {"base-url-unset"}),
        ("https://letter.example.org", (FAR,), set()),
        ("http://letter.example.org", (FAR,), {"base-url-not-https"}),
        ("http://letter.example.org", (NEAR,), {"base-url-not-https"}),
        ("http://127.0.0.1:8000", (FAR,), {"base-url-loopback"}),
        ("https://localhost", (FAR,), {"base-url-loopback"}),
        ("http://[::1]:8000", (NEAR, FAR), {"base-url-loopback"}),
        ("http://127.0.0.1:8000", (NEAR,), set()),
        ("http://localhost:8000", (FOLDER,), set()),
        ("http://localhost:8000", (), set()),
    ],
)
def test_readers_must_reach_the_base_url(
    sample: ModuleType, rendition: RenditionData, url: str, servers: tuple[Smtp, ...], expected: set[str]
) -> None:
    data = replace(rendition, base_url=url)
    assert _errors(sample, data, settings=sample.settings(base_url=url, smtp=servers)) == expected


@pytest.mark.parametrize("part", ["html", "text"])
def test_both_parts_must_show_the_way_out(sample: ModuleType, rendition: RenditionData, part: str) -> None:
    own = token(rendition.nonce, UNSUBSCRIBE)
    data = replace(rendition, **{part: getattr(rendition, part).replace(own, "https://x.example/")})
    found = _codes(sample, data)["no-unsubscribe"]
    assert f"issue.{'html' if part == 'html' else 'txt'}.j2" in found.message


def test_a_token_of_another_rendition_is_no_way_out(sample: ModuleType, rendition: RenditionData) -> None:
    data = replace(rendition, nonce="f" * 20)
    assert "no-unsubscribe" in _errors(sample, data)


@pytest.mark.parametrize("address", ["", "  \n "])
def test_a_postal_address_is_asked_for(sample: ModuleType, rendition: RenditionData, address: str) -> None:
    assert "no-postal-address" in _errors(sample, rendition, address=address)


def test_the_postal_address_must_be_printed(sample: ModuleType, rendition: RenditionData) -> None:
    assert "no-postal-address" in _errors(sample, rendition, address="Elsewhere 1")


@pytest.mark.parametrize(
    ("sender", "reply_to", "wrong"),
    [
        ("desk@example.org", "", False),
        ("The Letter <desk@example.org>", "answers@example.org", False),
        ('"Letter, The" <desk@example.org>', "", False),
        ("", "", True),
        ("The Letter", "", True),
        ("The Letter <desk>", "", True),
        ("desk@example.org\r\nBcc: x@example.org", "", True),
        ("a@x.example, b@x.example", "", True),
        ("desk@example.org", "nobody", True),
    ],
)
def test_the_sender_must_be_an_address(
    sample: ModuleType, rendition: RenditionData, sender: str, reply_to: str, wrong: bool
) -> None:
    data = replace(rendition, sender=sender, reply_to=reply_to)
    assert ("no-sender" in _errors(sample, data)) is wrong


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear {{ first_name }}", "{{ first_name }}"),
        ("{{7*7}}", "{{7*7}}"),
        ("{% if x %}", "{% if x %}"),
        ("Dear *|FNAME|*", "*|FNAME|*"),
        ("Dear %%first name%%", "%%first name%%"),
        ("Dear [[Name]]", "[[Name]]"),
        ("100%% sure, 50%% off", None),
        ("see [1] and [[2]]", None),
        ("a {b} c", None),
        ("*|", None),
        ("mg00000000000000000000unsubscribegm", None),
        ("{ { x } }", None),
    ],
)
def test_leftover_tokens_are_found(sample: ModuleType, text: str, found: str | None) -> None:
    block = sample.block(7, 3, headline=text)
    issue = sample.issue(sample.section(1, "News", sample.block(6, 1), block))
    data = _composed(sample, issue)
    findings = [one for one in _all(sample, issue, data) if one.code == "leftover-token"]
    assert [one.block for one in findings] == ([7] if found else [])
    assert all(found in one.message for one in findings)


@pytest.mark.parametrize("theme", ["weekly", "letter"])
@pytest.mark.parametrize(
    "over",
    [
        {"title": "Hello {{ name }}"},
        {"title": "Hello *|FName|*"},
        {"excerpt": "<p>Hello {{ <b>name</b> }}</p>"},
        {"title": "Hello {{ name }}", "excerpt": "<h3>Hello {{  Name }}</h3>"},
        {"url": "https://x.example/?to=%7B%7Bemail%7D%7D"},
    ],
)
def test_the_leftover_of_an_item_is_told_once_with_its_block(
    sample: ModuleType, theme: str, over: dict[str, str]
) -> None:
    versions = {sample.pin(1): sample.version(1, **over)}
    issue = sample.issue(sample.section(1, "", sample.block(6, 1)), theme=theme)
    data = compose(sample.publication(), issue, versions, (), settings=sample.settings(), on=sample.ON)
    found = preflight(sample.publication(), issue, data, settings=sample.settings(), versions=versions)
    told = [one for one in found if one.code == "leftover-token"]
    assert [one.block for one in told] == [6]
    assert "newsletter issue edit 47 6 --" in told[0].message


def test_a_leftover_in_a_heading_that_is_capitals_elsewhere_is_told_once(sample: ModuleType) -> None:
    box = sample.block(7, headline="Dear *|FName|*", blurb="Hello.")
    issue = sample.issue(sample.section(1, "News for [[Town]]", sample.block(6, 1), box), theme="weekly")
    data = _composed(sample, issue)
    assert "*|FNAME|*" in data.text and "[[TOWN]]" in data.text
    told = [one for one in _all(sample, issue, data) if one.code == "leftover-token"]
    assert sorted(((one.message.split("”")[0][1:], one.block) for one in told), key=str) == [
        ("*|FName|*", 7),
        ("[[Town]]", None),
    ]


def test_a_leftover_is_not_looked_for_in_a_block_that_is_personal(sample: ModuleType) -> None:
    versions = {sample.pin(1): sample.version(1, excerpt="<p>{% if name %}hello{% endif %}</p>")}
    own = sample.block(6, blurb="{% if name %}Hello {{ name }}{% endif %}.")
    issue = sample.issue(sample.section(1, "", own, sample.block(7, 1)))
    data = compose(sample.publication(), issue, versions, (), settings=sample.settings(), on=sample.ON)
    found = preflight(sample.publication(), issue, data, settings=sample.settings(), versions=versions)
    told = [one for one in found if one.code == "leftover-token"]
    assert [one.block for one in told] == [7, 7]
    assert all("newsletter issue edit 47 7 --blurb TEXT" in one.message for one in told)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://x.example/?to={{email}}", True),
        ("https://x.example/?to=%7B%7Bemail%7D%7D", True),
        ("https://x.example/?to=*|EMAIL|*", True),
        ("https://x.example/100%25%25/a%2520b", False),
        ("https://x.example/?q=%20a%20", False),
    ],
)
def test_leftover_tokens_are_found_in_links(sample: ModuleType, url: str, wrong: bool) -> None:
    issue = sample.issue(sample.section(1, "News", sample.block(6, 1, url=url)))
    codes = {one.code for one in _all(sample, issue, _composed(sample, issue))}
    assert ("leftover-token" in codes) is wrong


def test_code_that_is_quoted_is_no_leftover(sample: ModuleType) -> None:
    issue = sample.issue(sample.section(1, "News", sample.block(6, 1, blurb="How to write `{{ name }}` in a mail")))
    assert "leftover-token" not in {one.code for one in _all(sample, issue, _composed(sample, issue))}


def test_leftovers_in_the_subject_are_found(sample: ModuleType, rendition: RenditionData) -> None:
    assert "leftover-token" in _errors(sample, replace(rendition, subject="Dear {{name}}"))
    codes = _codes(sample, replace(rendition, subject="Dear {nmae}"))
    assert codes["subject-field"].level is Level.WARNING


def test_an_issue_without_blocks_cannot_go_out(sample: ModuleType, rendition: RenditionData) -> None:
    assert "no-blocks" in _errors(sample, rendition, issue=sample.issue(sample.section(1, "")))


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<script>x()</script>", "<script>"),
        ("<p onclick='x()'>a</p>", "onclick"),
        ("<a href='javascript:x()'>a</a>", "href=javascript:"),
        ("<a href=' java\nscript:x()'>a</a>", "href=javascript:"),
        ("<img src='data:image/svg+xml,x'>", "src=data:"),
        ("<iframe src='https://x.example/'></iframe>", "<iframe>"),
        ("<form action='https://x.example/'></form>", "<form>"),
        ("<!--[if mso]><script>x()</script><![endif]-->", "a script in a comment"),
        ("<meta http-equiv='refresh' content='0'>", "a refresh"),
    ],
)
def test_what_could_run_is_refused(sample: ModuleType, rendition: RenditionData, html: str, named: str) -> None:
    data = replace(rendition, html=rendition.html.replace("<h1", f"{html}<h1"))
    assert named in _codes(sample, data)["unsafe-html"].message


@pytest.mark.parametrize(
    ("size", "expected"), [(50_000, None), (95_000, "Gmail cuts off"), (110_000, "Gmail will cut")]
)
def test_a_long_issue_is_told(sample: ModuleType, rendition: RenditionData, size: int, expected: str | None) -> None:
    data = replace(rendition, html=rendition.html + "é" * ((size - len(rendition.html.encode())) // 2))
    finding = _codes(sample, data).get("html-size")
    assert (finding.level if finding else None) is (Level.WARNING if expected else None)
    assert finding is None or expected in finding.message


def test_items_without_link_or_outlet_are_told_with_their_block(sample: ModuleType, rendition: RenditionData) -> None:
    codes = _codes(sample, rendition)
    assert (codes["no-link"].block, codes["no-outlet"].block) == (41, 42)
    assert codes["no-link"].level is codes["no-outlet"].level is Level.WARNING


def test_an_item_without_a_headline_cannot_go_out(sample: ModuleType) -> None:
    issue = sample.issue(sample.section(1, "News", sample.block(6, 9)))
    versions = {sample.pin(9): sample.version(9, title="")}
    data = _composed(sample, issue)
    found = preflight(sample.publication(), issue, data, settings=sample.settings(), versions=versions)
    assert {"no-headline"} == {one.code for one in found if one.level is Level.ERROR}


def test_a_subject_that_says_nothing_is_told(sample: ModuleType) -> None:
    issue = sample.issue(sample.section(1, "News", sample.block(6, 1)))
    assert "no-teaser" in {one.code for one in _all(sample, issue, _composed(sample, issue))}
    named = sample.issue(sample.section(1, "News", sample.block(6, 1)), subject="Library opens")
    assert "no-teaser" not in {one.code for one in _all(sample, named, _composed(sample, named))}


def test_errors_come_first_and_each_says_what_to_do(sample: ModuleType, rendition: RenditionData) -> None:
    data = replace(rendition, base_url="", sender="", subject="{{x}}", html="<p>x</p>", text="")
    found = preflight(
        sample.publication(address=""), sample.issue(), data, settings=sample.settings(), versions=sample.VERSIONS
    )
    levels = [one.level for one in found]
    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING].index)
    assert {"base-url-unset", "no-sender", "no-postal-address", "no-unsubscribe", "leftover-token"} <= {
        one.code for one in found
    }
    assert all(":" in one.message and "\n" not in one.message for one in found)


def _composed(sample: Any, issue: Any) -> RenditionData:
    return compose(
        sample.publication(), issue, sample.VERSIONS, (), settings=sample.settings(), on=sample.ON, nonce=sample.NONCE
    )


def _all(sample: Any, issue: Any, data: RenditionData) -> list[Any]:
    return preflight(sample.publication(), issue, data, settings=sample.settings(), versions=sample.VERSIONS)


def test_a_token_in_a_text_is_mended_where_that_text_is(sample: ModuleType) -> None:
    """The excerpt of one of several items is no field of the block."""
    versions = {
        sample.pin(1): sample.version(1, excerpt="<p>Dear *|FNAME|*</p>"),
        sample.pin(2): sample.version(2, title="Hello [[NAME]]"),
        sample.pin(3): sample.version(3, excerpt="<p>%%TOWN%%</p>"),
    }
    both = sample.block(10, 1, 2, headline="Two letters")
    alone = sample.block(11, 3)
    issue = sample.issue(sample.section(1, "", both, alone))
    data = compose(sample.publication(), issue, versions, (), settings=sample.settings(), on=sample.ON)
    found = preflight(sample.publication(), issue, data, settings=sample.settings(), versions=versions)
    told = {one.message.split("”")[0][1:]: one for one in found if one.code == "leftover-token"}
    assert "(newsletter items edit 1 --excerpt TEXT)" in told["*|FNAME|*"].message
    assert "(newsletter items edit 2 --title TEXT)" in told["[[NAME]]"].message
    assert "(newsletter issue edit 47 11 --blurb TEXT)" in told["%%TOWN%%"].message
    assert [one.block for one in told.values()] == [10, 10, 11]
