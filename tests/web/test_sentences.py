"""What the rooms below say, found in their code as templates to translate."""

from __future__ import annotations

import pytest

from newsletter.web.sentences import found, in_source


@pytest.mark.parametrize(
    ("source", "templates"),
    [
        ('raise NotFound("There is nothing to undo.")', ["There is nothing to undo."]),
        ('raise NotFound(f"There is no issue {issue.number}.", where="ISSUE")', ["There is no issue {number}."]),
        ('raise Refused("One sentence, " "and its end.")', ["One sentence, and its end."]),
        ('raise Refused(f"Issue {n} waits: " + "; ".join(reasons))', ["Issue {n} waits: {reasons}"]),
        ('x = f"From {a.name} to {b.name}, not {a.name}"', ["From {name} to {name2}, not {name}"]),
        ('x = f"It is {at:%H:%M} on {at:%d}"', ["It is {at} on {at2}"]),
        ('x = f"Write {{name}} for {what}"', ["Write {{name}} for {what}"]),
        ('hint = "Did you mean it?" if near else ""', ["Did you mean it?"]),
        (
            'WHY = {"late": "it took too long", "gone": f"it left {n} behind"}',
            ["it took too long", "it left {n} behind"],
        ),
        ('WHY = "The {tool} is not here."\ndef why(t): return WHY.format(tool=t)', ["The {tool} is not here."]),
        ('log.warning("The ledger waits for %s", cause)', []),
        ('re.compile(r"two words")', []),
        ('raise NotFound("gone", code="two words", where="two words")', []),
        ('tx.execute(text("SELECT two words FROM it"))', []),
        ('def f():\n    """Two words."""', []),
        ('if place == "the text part": pass', []),
    ],
)
def test_a_sentence_is_found_with_its_gaps(source: str, templates: list[str]) -> None:
    assert list(in_source(source)) == templates


def test_the_rooms_say_many_things() -> None:
    templates = {template for template, _where in found()}
    assert {
        "There is no issue {number}; newsletter issue list shows those there are.",
        "Somebody changed this block meanwhile; look at it again before you save.",
        "The folder {folder} does not exist.",
    } <= templates
    assert not [one for one in templates if "SELECT " in one or "\\b" in one]
