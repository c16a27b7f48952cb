"""A pattern that waits to be compiled is the pattern that `re` would have made."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from newsletter.events.patterns import lazily


@pytest.mark.parametrize("text", ["Dec 5", "dec 12", "on 5 Dec", ""])
def test_it_finds_what_the_pattern_finds(text: str) -> None:
    made, plain = lazily(r"(?P<month>dec)\s(?P<day>\d+)", re.I), re.compile(r"(?P<month>dec)\s(?P<day>\d+)", re.I)
    assert str(made.match(text)) == str(plain.match(text))
    assert made.findall(text) == plain.findall(text)
    assert [match.span() for match in made.finditer(text)] == [match.span() for match in plain.finditer(text)]
    assert (made.pattern, made.flags, made.groupindex) == (plain.pattern, plain.flags, plain.groupindex)


def test_a_fault_in_a_pattern_is_told_at_its_first_use() -> None:
    broken = lazily("(")
    with pytest.raises(re.error):
        broken.match("a line")


def test_who_reads_no_lines_compiles_no_grammar() -> None:
    """A fresh process that has the grammar imported has none of it compiled."""
    program = (
        "import re\n"
        "began = []\n"
        "plain = re.compile\n"
        "re.compile = lambda source, *rest: began.append(source) or plain(source, *rest)\n"
        "from newsletter.events import days, lines, rules\n"
        "assert 'prochain' in days._RELATIVE.__dict__['_source']\n"
        "assert not [one for one in began if 'prochain' in str(one)]\n"
        "from datetime import date\n"
        "assert days.days_at('Dec 5', 0, today=date(2026, 11, 27), month_first=True)\n"
        "assert [one for one in began if 'prochain' in str(one)]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
