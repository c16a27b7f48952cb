"""The subject by its publication's convention, and the preheader."""

# ruff: noqa: E501  tables
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.render.subject import check_convention, preheader_of, subject_of

TEASERS = ("Library opens on Sundays", "Otters are back")


def _issue(sample: Any, teasers: tuple[str, ...] = TEASERS, ranks: tuple[int | None, ...] = (), **over: Any) -> Any:
    ranks = ranks or (None,) * len(teasers)
    blocks = [
        sample.block(number, 1, teaser=teaser, teaser_rank=rank)
        for number, (teaser, rank) in enumerate(zip(teasers, ranks, strict=True), 1)
    ]
    return sample.issue(sample.section(1, "", *blocks), **over)


@pytest.mark.parametrize(
    ("convention", "date_format", "teasers", "expected"),
    [
        ("{name} {date}: {teasers}", "MM.dd.yyyy", TEASERS, "Alder 11.27.2026: Library opens on Sundays; Otters are back"),
        ("{name} {date}: {teaser}; {teaser}; …", "dd.MM.yyyy", TEASERS, "Alder 27.11.2026: Library opens on Sundays; Otters are back"),
        ("{name} {date}: {teaser}; {teaser}; ...", "MM.dd.yyyy", TEASERS, "Alder 11.27.2026: Library opens on Sundays; Otters are back"),
        ("{name} {date}: {teaser}", "%Y-%m-%d", TEASERS, "Alder 2026-11-27: Library opens on Sundays; Otters are back"),
        ("{name} {date}: {teasers}", "d MMMM yyyy", (), "Alder 27 November 2026"),
        ("{name} {date}: {teaser}; {teaser}; …", "MM.dd.yyyy", (), "Alder 11.27.2026"),
        ("{teasers} | {name}", "MM.dd.yyyy", (), "Alder"),
        ("{teasers} | {name}", "MM.dd.yyyy", TEASERS[:1], "Library opens on Sundays | Alder"),
        ("{name} ({teasers}) {date}", "MM.dd.yyyy", (), "Alder 11.27.2026"),
        ("{name}: {teasers} – {date}", "MM.dd.yyyy", (), "Alder – 11.27.2026"),
        ("{name} #{number} {title}", "MM.dd.yyyy", (), "Alder #47 Sundays"),
        ("News", "MM.dd.yyyy", TEASERS, "News"),
    ],
)  # fmt: skip
def test_a_subject_follows_its_convention(
    sample: Any, convention: str, date_format: str, teasers: tuple[str, ...], expected: str
) -> None:
    publication = sample.publication(name="Alder", subject=convention, date_format=date_format)
    assert subject_of(publication, _issue(sample, teasers), on=sample.ON) == expected


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ((None, None, None), "a; b; c"),
        ((3, 1, 2), "b; c; a"),
        ((None, 1, None), "b; a; c"),
        ((2, None, 2), "a; c; b"),
        ((None, None, 0), "c; a; b"),
    ],
)
def test_teasers_stand_by_rank_then_in_the_order_of_the_issue(
    sample: Any, ranks: tuple[int | None, ...], expected: str
) -> None:
    publication = sample.publication(subject="{teasers}")
    assert subject_of(publication, _issue(sample, ("a", "b", "c"), ranks), on=sample.ON) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("Just this once", "Just this once"),
        ("{name}, {date}", "Alder, 11.27.2026"),
        ("A set {a, b} and {nmae}", "A set {a, b} and {nmae}"),
        ("Two\r\nBcc: everybody@example.org", "Two Bcc: everybody@example.org"),
        ("  ", "Alder 11.27.2026"),
    ],
)
def test_the_issues_own_subject_wins(sample: Any, own: str, expected: str) -> None:
    issue = _issue(sample, (), subject=own)
    assert subject_of(sample.publication(name="Alder"), issue, on=sample.ON) == expected


def test_fields_in_texts_are_not_filled_again(sample: Any) -> None:
    issue = _issue(sample, ("{name} {date} {{7*7}}",))
    publication = sample.publication(subject="{teasers}")
    assert subject_of(publication, issue, on=sample.ON) == "{name} {date} {{7*7}}"


@pytest.mark.parametrize(
    ("convention", "said"),
    [
        ("{nmae} {date}", "{nmae}"),
        ("{name} {teaser", "brace"),
        ("{name} }", "brace"),
        ("", "empty"),
        ("{name}\nBcc: x", "one line"),
        ("{name.__class__}", "no field"),
        ("{0}", "no field"),
        ("{name!r}", "no field"),
    ],
)
def test_a_wrong_convention_is_refused_in_one_sentence(convention: str, said: str) -> None:
    with pytest.raises(NewsletterError, match="subject convention") as refused:
        check_convention(convention)
    assert said in refused.value.message
    assert "\n" not in refused.value.message.replace(convention, "")


@pytest.mark.parametrize("pattern", ["", "xx", "%", "%Q", "no letters!", "dd\nMM"])
def test_a_wrong_date_format_is_refused(sample: Any, pattern: str) -> None:
    with pytest.raises(NewsletterError, match="date format"):
        subject_of(sample.publication(date_format=pattern), _issue(sample), on=sample.ON)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_subject_ever_breaks_a_header(sample: Any, name: str, title: str, teaser: str, own: str) -> None:
    publication = sample.publication(name=name, subject="{name} {title}: {teasers}")
    for subject in (None, own):
        said = subject_of(publication, _issue(sample, (teaser,), title=title, subject=subject), on=sample.ON)
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in said)
        assert len(said.splitlines()) <= 1
        assert said == said.strip()
        said.encode()


@pytest.mark.parametrize(
    ("own", "teasers", "headlines", "expected"),
    [
        ("Mine", TEASERS, ["A"], "Mine"),
        (None, TEASERS, ["A"], "Library opens on Sundays; Otters are back."),
        (None, (), ["A", "", "B?"], "A; B?"),
        (None, (), [], ""),
    ],
)
def test_the_preheader_says_what_is_in_it(
    sample: Any, own: str | None, teasers: tuple[str, ...], headlines: list[str], expected: str
) -> None:
    assert preheader_of(_issue(sample, teasers, preheader=own), headlines) == expected
