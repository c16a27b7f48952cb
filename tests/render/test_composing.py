"""The sample issue as readers receive it."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import lxml.html
import pytest

from newsletter.model.issue import Block, BlockId, BlockKind
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.rendition import RenditionData
from newsletter.render.compose import compose, links_of


def _compose(
    sample: Any, *sections: Any, occurrences: Any = None, publication: Any = None, **over: Any
) -> RenditionData:
    return compose(
        publication or sample.publication(),
        sample.issue(*sections, **over),
        sample.VERSIONS,
        sample.OCCURRENCES if occurrences is None else occurrences,
        settings=sample.settings(),
        on=sample.ON,
        nonce=sample.NONCE,
    )


def _calendar(id: int = 90) -> Block:
    return Block(id=BlockId(id), kind=BlockKind.CALENDAR)


def _tree(data: RenditionData) -> Any:
    return lxml.html.document_fromstring(data.html)


def _headings(data: RenditionData) -> list[str]:
    return [f"{one.tag} {one.text_content()}" for one in _tree(data).xpath("//h1|//h2|//h3|//h4")]


def test_the_sample_has_no_fault_that_a_mail_lint_knows(rendition: RenditionData, lint: ModuleType) -> None:
    assert lint.problems(rendition.html) == []


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt-BR", "ar", "he", "xx"])
def test_it_has_none_in_any_language(sample: Any, lint: ModuleType, language: str) -> None:
    data = _compose(sample, publication=sample.publication(language=language))
    assert lint.problems(data.html) == []
    root = _tree(data).getroottree().getroot()
    assert root.get("lang") == language
    assert root.get("dir") == ("rtl" if language in ("ar", "he") else "ltr")


def test_headings_stand_in_order(rendition: RenditionData) -> None:
    assert _headings(rendition) == [
        "h1 The Alderwick Letter",
        "h2 After eleven years, the library opens its doors on Sundays",
        "h2 Half plots cut the waiting list from six years to three",
        "h2 Town and council",
        "h3 The budget in one page, drawn by the people who pay it",
        "h3 Two plans for the square",
        "h3 El mercado de los sábados vuelve a la plaza",
        "h2 Out of doors",
        "h3 What grows on the old ferry landing",
        "h3 The otters are back",
        "h3 Nobody won the slow bicycle race",
        "h2 This letter is paid for by its readers",
        "h2 Calendar",
        "h3 The river in ninety photographs",
        "h3 Winter seed swap and tool exchange",
        "h3 Open budget evening",
        "h3 Mend your own bicycle, in two evenings",
        "h3 Lantern walk to the weir",
        "h3 Twin-town call with Lindenau",
        "h3 Winter school of the choir",
        "h2 Visits and exchanges",
    ]


def test_the_dark_and_phone_rules_and_outlooks_survive(rendition: RenditionData) -> None:
    sheet = "".join(_tree(rendition).xpath("//head/style/text()"))
    assert "@media (prefers-color-scheme: dark)" in sheet
    assert "@media (max-width: 479px)" in sheet
    assert "[data-ogsc] .row" in sheet
    assert sheet.count("!important") > 40
    assert "important" not in re.sub(r"<style>.*?</style>", "", rendition.html, flags=re.DOTALL)


def test_the_way_out_and_the_address_are_in_both_parts(rendition: RenditionData, sample: Any) -> None:
    own = token(sample.NONCE, UNSUBSCRIBE)
    assert _tree(rendition).xpath("//a[@href=$own]/text()", own=own) == ["Unsubscribe"]
    assert f"Unsubscribe: {own}" in rendition.text
    assert "12 Mill Street" in rendition.text
    assert "12 Mill Street" in rendition.html
    assert rendition.html.count(own) == rendition.text.count(own) == 1


def test_an_address_of_several_lines_stands_on_one(sample: Any) -> None:
    data = _compose(sample, publication=sample.publication(address="Old Ferry House,\n12 Mill Street\n\nAlderwick"))
    assert "Old Ferry House, 12 Mill Street, Alderwick" in data.text
    assert "Old Ferry House, 12 Mill Street, Alderwick" in data.html


def test_every_link_is_numbered_once_with_its_target(rendition: RenditionData, sample: Any) -> None:
    targets = [link.target for link in rendition.links]
    assert [link.number for link in rendition.links] == list(range(1, len(targets) + 1))
    assert len(set(targets)) == len(targets)
    assert "https://allotments.example/list?a=1&b=2" in targets
    assert not any(sample.NONCE in target or target.startswith("mailto:") for target in targets)
    hrefs = {one for one in _tree(rendition).xpath("//a/@href") if one.startswith("http")}
    assert hrefs == set(targets)


def test_the_text_part_has_every_link_and_fits(rendition: RenditionData) -> None:
    assert [link.target for link in rendition.links if link.target not in rendition.text] == []
    for line in rendition.text.split("\n"):
        assert len(line) <= 72 or re.match(r"\s*(\[\d+\] )?https?://\S+$", line)
    assert not re.search(r"&[a-z]+;|<[a-z/]|\n{4}|[^\S\n]\n", rendition.text)


def test_two_items_stand_under_one_headline(rendition: RenditionData) -> None:
    assert (
        "Two plans for the square\n\nThe school and the market want the same Saturday.\n\n"
        "Radio Alder: A crossing for the school gate, at the third attempt\nhttps://courier.example/story-4\n\n"
        "A short excerpt about the town.\n\n"
        "Radio Ribera: El mercado de los sábados vuelve a la plaza\nhttps://courier.example/story-5\n"
    ) in rendition.text
    linked = _tree(rendition).xpath("//p[@class='other']/a/@href")
    assert linked == ["https://courier.example/story-4", "https://courier.example/story-5"]


def test_without_a_headline_of_the_editors_the_first_item_leads(sample: Any) -> None:
    data = _compose(sample, sample.section(1, "News", sample.block(1, 3, 4)))
    assert _headings(data)[-1] == "h3 The budget in one page, drawn by the people who pay it"
    assert data.text.count("The budget in one page") == 1
    assert "Radio Alder: A crossing for the school gate" in data.text


def test_the_editors_words_lie_over_the_original(sample: Any) -> None:
    block = sample.block(1, 3, headline="Mine", blurb="Short *and* good", outlet="Us", url="https://us.example/")
    data = _compose(sample, sample.section(1, "News", block))
    assert "Us: Mine\nhttps://us.example/\n\nShort and good\n" in data.text
    assert "<em>and</em>" in data.html
    assert "County Ledger" not in data.html


def test_an_item_without_a_link_has_a_bare_headline(rendition: RenditionData) -> None:
    assert _tree(rendition).xpath("//h3[text()='The otters are back']")


def test_an_item_in_another_language_says_so(rendition: RenditionData) -> None:
    assert _tree(rendition).xpath("//td[@lang='es'][@dir='ltr']//h3")


def test_feeds_pictures_are_not_mailed(rendition: RenditionData) -> None:
    assert "<img" not in rendition.html
    assert "<p><b>How they came</b></p>" in re.sub(r' style="[^"]*"', "", rendition.html)


def test_an_appeal_is_a_box_with_a_button(rendition: RenditionData) -> None:
    tree = _tree(rendition)
    assert tree.xpath("//td[@class='tint']//a[@class='button']/@href") == ["https://letter.example.org/support"]
    assert "Give a coffee a month: https://letter.example.org/support" in rendition.text


def test_a_section_without_blocks_is_not_shown(rendition: RenditionData) -> None:
    assert "Nothing this week" not in rendition.html
    assert "NOTHING THIS WEEK" not in rendition.text


def test_without_dates_there_is_no_calendar(sample: Any) -> None:
    data = _compose(
        sample, sample.section(1, "", sample.block(1, 1)), sample.section(2, "Dates", _calendar()), occurrences=()
    )
    assert "Dates" not in data.html
    assert "DATES" not in data.text


def test_without_a_calendar_block_there_is_no_calendar(sample: Any) -> None:
    data = _compose(sample, sample.section(1, "", sample.block(1, 1)))
    assert "Lantern walk" not in data.html + data.text


def test_hidden_dates_are_not_shown(sample: Any) -> None:
    hidden = [one.as_shown(pinned=False, hidden=one.event == 475) for one in sample.OCCURRENCES]
    data = _compose(sample, sample.section(1, "", _calendar()), occurrences=hidden)
    assert "Lantern walk" not in data.html + data.text
    assert "Open budget evening" in data.html


@pytest.mark.parametrize("first", [True, False])
def test_a_calendar_that_begins_a_named_section_bears_its_name(sample: Any, first: bool) -> None:
    blocks = (_calendar(), sample.block(1, 1)) if first else (sample.block(1, 1), _calendar(), sample.block(2, 2))
    found = [one for one in _headings(_compose(sample, sample.section(1, "What is on", *blocks))) if one[:2] == "h2"]
    assert found == ["h2 What is on"] if first else ["h2 What is on", "h2 Calendar"]


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [("", "en", "h2 Calendar"), ("", "de", "h2 Kalender"), ("What is on", "de", "h2 Kalender")],
)
def test_the_calendar_has_one_heading(sample: Any, name: str, language: str, expected: str) -> None:
    section = sample.section(1, name, sample.block(1, 1), _calendar(), sample.block(2, 2))
    data = _compose(sample, section, publication=sample.publication(language=language))
    assert [one for one in _headings(data) if one.startswith("h2")].count(expected) == 1
    text = data.text
    assert text.index("After eleven years") < text.index("The river in ninety") < text.index("Half plots cut")


def test_the_calendar_of_the_text_part(rendition: RenditionData) -> None:
    assert (
        "Dec 2 & 9       Mend your own bicycle, in two evenings\n"
        "Wednesdays      6:30–8:00 PM ET, Repair workshop, Market Square\n"
    ) in rendition.text
    assert (
        "Dec 5           Lantern walk to the weir\nSaturday        Contact: walk@alderwick.example\n"
    ) in rendition.text


def test_it_is_rendered_the_same_twice_but_for_the_nonce(sample: Any, rendition: RenditionData) -> None:
    again = _compose(sample)
    assert again == rendition
    assert again.checksum == rendition.checksum
    fresh = compose(
        sample.publication(),
        sample.issue(),
        sample.VERSIONS,
        sample.OCCURRENCES,
        settings=sample.settings(),
        on=sample.ON,
    )
    assert fresh.nonce != sample.NONCE
    assert fresh.html.replace(fresh.nonce, sample.NONCE) == rendition.html


def test_headers_are_ready(rendition: RenditionData) -> None:
    assert rendition.subject == (
        "The Alderwick Letter 11.27.2026: Otters are back; Library opens on Sundays; Allotment queue halves"
    )
    assert rendition.list_id == "The Alderwick Letter <the-alderwick-letter.letter.example.org>"
    assert rendition.base_url == "https://letter.example.org"
    assert _tree(rendition).findtext(".//title") == rendition.subject


def test_without_a_base_url_the_list_is_on_localhost(sample: Any) -> None:
    data = compose(sample.publication(), sample.issue(), {}, (), settings=sample.settings(base_url=""), on=sample.ON)
    assert data.list_id.endswith("<the-alderwick-letter.localhost>")
    assert data.base_url == ""


def test_an_empty_issue_can_be_looked_at(sample: Any, lint: ModuleType) -> None:
    data = _compose(sample, sample.section(1, ""))
    assert lint.problems(data.html) == []


def test_links_are_counted_in_the_document_only() -> None:
    html = '<p><a href="https://a.example/?x=1&amp;y=2">a</a> https://b.example <a href="HTTPS://a.example/c">c</a></p>'
    assert [one.target for one in links_of(html, "n")] == ["https://a.example/?x=1&y=2", "HTTPS://a.example/c"]


def test_a_box_after_the_editors_words_has_one_mark(sample: Any) -> None:
    words, box = sample.block(1, blurb="Good morning."), sample.block(2, headline="Help us", blurb="Please.")
    tree = _tree(_compose(sample, sample.section(1, "", words, box), occurrences=()))
    assert len(tree.xpath("//td[@class='bar']")) == 1
    assert len(tree.xpath("//td[@class='tint']")) == 1
