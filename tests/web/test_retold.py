"""What the rooms below say, told in another language: no sentence without one, no value lost, no text that hangs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from newsletter.web.catalogues import path_of
from newsletter.web.languages import NAMES, SOURCE, catalogue, speak
from newsletter.web.retold import LONGEST, known, parsed, placeholders, retold
from newsletter.web.sentences import found

OTHERS = [name for name in NAMES if name != SOURCE]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak(SOURCE)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_rooms_is_in_the_catalogue(language: str) -> None:
    """`python -m newsletter.web.catalogues` brings `rooms.po` up to date; what it left empty is translated by hand."""
    texts = catalogue(language, "rooms").texts
    assert sorted({f"{where}: {one}" for one, where in found() if one not in texts}) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    with path_of(language, "rooms").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    wrong = [one.id for one in messages if set(placeholders(str(one.id))) != set(placeholders(str(one.string)))]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_told_with_its_values(language: str) -> None:
    """Each template, filled with words that nobody knows, becomes its translation filled with the same words."""
    speak(language)
    wrong = []
    for said, translated in catalogue(language, "rooms").texts.items():
        values = {name: f"Zq{at}x" for at, name in enumerate(dict.fromkeys(parsed(said)[1]), 1)}
        if (told := retold(said.format(**values))) != translated.format(**values):
            wrong.append((said, told))
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Issue 3 is scheduled; only one that is being sent can be paused.",
            "Ausgabe 3 ist geplant; nur eine, die gerade verschickt wird, kann pausiert werden.",
        ),
        # A value in quotation marks is somebody's own word, also where we know such a text.
        ("The section “the end” is empty", "The section “the end” is empty"),
        ("The issue has a section “scheduled” already.", "Die Ausgabe hat schon eine Rubrik „scheduled“."),
        ("It would end on 5 December 2026, before it begins on 6 December 2026.", None),
        ("The section “A { b } %s %(x)s” ", "Die Rubrik „A { b } %s %(x)s“ "),
        # Sentences in a row, and reasons in a list, each with what it is about.
        ("It is empty. There is nothing to undo.", "Das ist leer. Es gibt nichts rückgängig zu machen."),
        (
            "Left out: a.pdf: It is empty; b.md: It cannot be read: odd; and 2 more.",
            "Ausgelassen: a.pdf: Das ist leer; b.md: Sie kann nicht gelesen werden: odd; und 2 weitere.",
        ),
        (
            "Left out: a.pdf: It is empty. Events left out: c.ics: The event was left out: it is cut off.",
            "Ausgelassen: a.pdf: Das ist leer. "
            "Ausgelassene Termine: c.ics: Der Termin wurde ausgelassen: er ist abgeschnitten.",
        ),
        (
            "It is asked again after 2026-11-27 08:01 UTC, because it failed 3 times in a row; --force asks it now.",
            "Sie wird nach 2026-11-27 08:01 UTC wieder gefragt, denn es schlug 3-mal hintereinander fehl; "
            "--force fragt sie jetzt.",
        ),
        (
            "There is no setting “smpt”. Did you mean “smtp”?",
            "Die Einstellung „smpt“ gibt es nicht. Meinten Sie „smtp“?",
        ),
        ("Issue 3 cannot go out yet: There is no sender\nIt is empty.", None),
        ("Nothing that anybody of us said.", "Nothing that anybody of us said."),
        ("", ""),
    ],
)
def test_a_sentence_is_told_in_german(said: str, told: str | None) -> None:
    assert retold(said) == said  # in English it is as it was
    speak("de")
    if told is None:
        expected = {
            "It would": "Es würde am 5. Dezember 2026 enden, bevor es am 6. Dezember 2026 beginnt.",
            "Issue 3 ": "Ausgabe 3 kann noch nicht hinausgehen: Es gibt keinen Absender\nDas ist leer.",
        }
        told = expected[said[:8]]
    assert retold(said) == told


@given(st.text(max_size=300))
def test_what_nobody_said_stays_as_it_is(text: str) -> None:
    speak("de")
    assert retold(f"Zq {text} Zq") == f"Zq {text} Zq"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl")), max_size=80))
def test_the_words_of_somebody_are_never_changed(name: str) -> None:
    speak("de")
    assert retold(f"The issue has a section “{name}” already.") == f"Die Ausgabe hat schon eine Rubrik „{name}“."


@pytest.mark.parametrize(
    "text",
    [
        "There is no theme “" * 100_000,
        "Issue " * 1_300,
        "x, " * 2_600,
        ". ".join(["It is empty"] * 600),
        "; ".join(["The connection to a: b"] * 29),
        "a: " * 2_500,
        "\n".join(["is"] * 3_000),
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    """Looks are counted, not timed: a text of two megabytes comes back at once, a hostile one after a hundred looks."""
    speak("de")
    assert retold(text)
    assert len(text) <= LONGEST or retold(text) == text


def test_what_is_told_goes_on_being_known_in_each_language() -> None:
    assert known("de").templates
    assert not known("en").templates
