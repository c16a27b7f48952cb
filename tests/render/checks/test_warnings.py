"""What an editor is warned of, each with its place: none of it refuses approval."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.model.finding import Finding, Level
from newsletter.model.linked import LinkAnswer, LinkState
from newsletter.model.rendition import RenditionData
from newsletter.render.checks import preflight
from newsletter.render.checks.contrast import contrast
from newsletter.render.checks.event_dates import contradictions
from newsletter.render.checks.link_text import is_generic
from newsletter.render.checks.twins import same_story
from newsletter.render.compose import compose
from newsletter.render.spam import SpamScore, spam_score

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
LONG = "The town council says a word too many about the ferry, and then about the bridge; Seven walks; " * 2


def _found(
    sample: Any, issue: Any, *, occurrences: Any = (), data: Any = None, versions: Any = None, **over: Any
) -> Any:
    versions = versions or sample.VERSIONS
    data = data or compose(
        sample.publication(), issue, versions, occurrences, settings=sample.settings(), on=sample.ON, nonce=sample.NONCE
    )
    found = preflight(
        sample.publication(),
        issue,
        data,
        settings=sample.settings(),
        versions=versions,
        occurrences=occurrences,
        on=sample.ON,
        **over,
    )
    return {(one.code, one.block): one for one in found}


def _one_block(sample: Any, **over: Any) -> Any:
    return sample.issue(sample.section(1, "News", sample.block(5, 1), sample.block(7, 3, **over)))


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"blurb": "The plan. [Read more](https://x.example/plan)"}, "generic-link-text"),
        ({"blurb": "The plan is [here](https://x.example/plan)."}, "generic-link-text"),
        ({"blurb": "[Weiterlesen …](https://x.example/plan)"}, "generic-link-text"),
        ({"blurb": "Write to [[email protected]](https://x.example/cdn-cgi/l/email-protection#a1)"}, "protected-email"),
        ({"blurb": "Write to [email protected] by Monday"}, "protected-email"),
        ({"blurb": "Open on Saturday, December 6, at noon"}, "weekday-contradicts"),
        ({"headline": "The fair moves to Friday 6 December"}, "weekday-contradicts"),
    ],
)
def test_a_text_is_told_with_its_block(sample: ModuleType, over: dict[str, str], code: str) -> None:
    finding = _found(sample, _one_block(sample, **over))[code, 7]
    assert finding.level is Level.WARNING
    assert "issue edit 47 7" in finding.message


@pytest.mark.parametrize(
    "over",
    [
        {"blurb": "See [the plan of the square](https://x.example/plan)."},
        {"blurb": "Open on Sunday, December 6, and Friday, November 27."},
        {"blurb": "It was Saturday, December 6, 2025."},
        {"blurb": "Write to desk@alderwick.example."},
    ],
)
def test_a_good_text_is_not_told(sample: ModuleType, over: dict[str, str]) -> None:
    assert not [one for one in _found(sample, _one_block(sample, **over)) if one[1] == 7]


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("Saturday, December 6", "en", [date(2026, 12, 6)]),
        ("Sunday, December 6", "en", []),
        ("Friday the 1st of January", "en", []),
        ("Monday, Oct 5", "en", []),
        ("Monday, February 30", "en", []),
        ("Samstag, den 6. Dezember", "de", [date(2026, 12, 6)]),
        ("samedi 6 décembre 2026", "fr", [date(2026, 12, 6)]),
        ("domingo 6 de diciembre", "es", []),
    ],
)
def test_a_weekday_agrees_with_its_date(text: str, language: str, told: list[date]) -> None:
    assert [day for _, day, _ in contradictions(text, language, date(2026, 11, 27))] == told


@pytest.mark.parametrize(
    ("text", "generic"),
    [
        ("here", True),
        ("Read more…", True),
        ("» Click here!", True),
        ("en savoir plus", True),
        ("the minutes", False),
        ("Here is the plan", False),
        ("", False),
    ],
)
def test_words_that_name_no_place(text: str, generic: bool) -> None:
    assert is_generic(text) is generic


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The library opens its doors on Sundays", "Library opens its doors on Sundays", True),
        ("The library opens its doors on Sundays", "The library shuts its doors", False),
        ("The long history of the mill, part I", "The long history of the mill, part II", False),
        ("Council minutes of the 3 November", "Council minutes of the 10 November", False),
        ("Otters", "Otters", False),
    ],
)
def test_one_story_by_its_headline(one: str, other: str, same: bool) -> None:
    assert same_story(one, other) is same


def test_one_address_in_two_blocks_is_told_at_the_second(sample: ModuleType) -> None:
    issue = sample.issue(
        sample.section(1, "News", sample.block(5, 1), sample.block(6, 3)),
        sample.section(2, "Town", sample.block(7, 4, url="http://www.courier.example/story-1/?utm_source=x#top")),
    )
    assert ("same-story", 7) in _found(sample, issue)
    assert ("same-story", 6) not in _found(sample, issue)


def test_an_item_that_was_sent_is_told_with_its_issue(sample: ModuleType) -> None:
    found = _found(sample, _one_block(sample), sent_in={3: (44, 47), 9: (2,)})
    assert "issue 44" in found["already-sent", 7].message
    assert "47 and" not in found["already-sent", 7].message


def test_an_event_that_is_over_or_doubtful_is_told(sample: ModuleType) -> None:
    calendar = sample.Block(id=sample.BlockId(9), kind=sample.BlockKind.CALENDAR)
    issue = sample.issue(sample.section(1, "", sample.block(5, 1), calendar))
    over = sample.occurrence(1, "Harvest fair", date(2026, 11, 20))
    doubtful = sample.occurrence(
        2, "Open day", date(2026, 12, 6), warnings=("6 December 2026 is a Sunday, not a Monday. The date was kept.",)
    )
    read = sample.occurrence(3, "Choir", date(2026, 12, 7), warnings=("“at 7” was read as 7 PM.",))
    found = _found(sample, issue, occurrences=(over, doubtful, read))
    assert {"past-event", "weekday-contradicts", "event-warning"} == {code for code, block in found if block == 9}


def test_an_empty_section_and_a_long_subject_are_told(sample: ModuleType) -> None:
    issue = sample.issue(sample.section(1, "", sample.block(5, 1)), sample.section(2, "Town"), subject=LONG)
    assert {code for code, _ in _found(sample, issue)} >= {"empty-section", "subject-length"}


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ('<img src="https://x.example/a.jpg" width="600">', "missing-alt"),
        ('<a href="https://x.example/"><img src="https://x.example/a.jpg" width="600" alt=""></a>', "missing-alt"),
        ('<img src="https://x.example/a.jpg" alt="The ferry">', "image-width"),
        ("<h4>Deep</h4>", "heading-order"),
        ("<h1>Again</h1>", "heading-order"),
        ('<p style="color:#999999">pale</p>', "contrast"),
        ('<p style="background-color:#a8321a"><span style="color:#1c1a17">dark on dark</span></p>', "contrast"),
    ],
)
def test_what_a_template_may_do_wrong(sample: ModuleType, rendition: RenditionData, html: str, code: str) -> None:
    data = replace(rendition, html=rendition.html.replace("</h1>", f"</h1>{html}", 1))
    assert (code, None) in _found(sample, sample.issue(), data=data)


def test_the_shipped_look_has_none_of_these_faults(sample: ModuleType, rendition: RenditionData) -> None:
    found = _found(sample, sample.issue(), data=rendition, occurrences=sample.OCCURRENCES)
    assert {code for code, _ in found} <= {"no-link", "no-outlet", "same-story", "empty-section"}


def test_a_text_part_that_says_nothing_is_told(sample: ModuleType, rendition: RenditionData) -> None:
    data = replace(rendition, text="Your mail program cannot show this letter.\n")
    assert ("empty-text-part", None) in _found(sample, sample.issue(), data=data)


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def _answer(url: str, state: LinkState, **over: Any) -> LinkAnswer:
    return LinkAnswer(url=url, state=state, at=NOW, **over)


def test_dead_and_moved_links_are_told_with_their_block(sample: ModuleType) -> None:
    url = "https://courier.example/story-3"
    dead = {url: _answer(url, LinkState.DEAD, detail="courier.example has nothing at this address (404).")}
    assert "404" in _found(sample, _one_block(sample), links=dead)["dead-link", 7].message
    moved = {url: _answer(url, LinkState.MOVED, moved_to="https://courier.example/new")}
    assert "courier.example/new" in _found(sample, _one_block(sample), links=moved)["redirected-link", 7].message
    fine = {url: _answer(url, LinkState.UNSURE, detail="asks for a login (401)")}
    assert not [code for code, _ in _found(sample, _one_block(sample), links=fine) if code.endswith("link")]


def test_heavy_pictures_are_told_where_their_weight_is_known(sample: ModuleType, rendition: RenditionData) -> None:
    url = "https://x.example/a.jpg"
    html = rendition.html.replace("</h1>", f'</h1><img src="{url}" width="600" alt="The ferry">', 1)
    links = {url: _answer(url, LinkState.FINE, size=2_000_000)}
    found = _found(sample, sample.issue(), data=replace(rendition, html=html), links=links)
    assert ("image-weight", None) in found


def test_a_spam_score_is_told_with_its_rules(sample: ModuleType) -> None:
    found = _found(sample, _one_block(sample), spam=SpamScore(3.1, ("SUBJ_ALL_CAPS",)))
    assert "3.1" in found["spam-score", None].message
    assert "SUBJ_ALL_CAPS" in found["spam-score", None].message
    assert ("spam-score", None) not in _found(sample, _one_block(sample), spam=SpamScore(0.2))


def test_the_spam_score_is_read_from_what_the_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "spamassassin"
    program.write_text(
        "#!/bin/sh\ncat >/dev/null\nprintf 'X-Spam-Status: No, score=1.4 required=5.0 tests=HTML_MESSAGE,\\n"
        "\\tNO_RELAYS autolearn=no\\nSubject: x\\n\\nbody\\n'\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert spam_score(b"Subject: x\r\n\r\nbody", str(program)) == SpamScore(1.4, ("HTML_MESSAGE", "NO_RELAYS"))


def test_without_the_program_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(NewsletterError, match="not installed"):
        spam_score(b"x", str(tmp_path / "nothing"))


def test_no_warning_refuses_approval(sample: ModuleType) -> None:
    issue = _one_block(sample, blurb="[here](https://x.example/) [email protected] on Monday, December 6")
    found: list[Finding] = list(_found(sample, issue, sent_in={1: (3,)}).values())
    assert len(found) >= 4
    assert {one.level for one in found} == {Level.WARNING}
