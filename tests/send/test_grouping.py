"""A commit waits for others where that pays, and never longer than it takes itself."""

from __future__ import annotations

import pytest

from newsletter.send.grouping import Grouping


def measured(takes: float, gap: float) -> tuple[Grouping, float]:
    """After many turns that came `gap` seconds apart, and commits that took so long."""
    grouping, now = Grouping(), 0.0
    for _ in range(200):
        now += gap
        grouping.came(now, is_first=True)
        grouping.took(takes)
    return grouping, now


@pytest.mark.parametrize(
    ("takes", "gap", "waits"),
    [
        (0.0004, 0.0005, False),  # a fast disk
        (0.005, 0.0005, True),  # a slow one, and answers that come close together
        (0.002, 0.0025, False),  # a long line: waiting would only hold them up
        (0.050, 0.005, True),
    ],
)
def test_it_waits_where_more_would_come_while_a_commit_runs(takes: float, gap: float, waits: bool) -> None:
    grouping, now = measured(takes, gap)
    assert (grouping.wait(1, 8, now) > 0) is waits
    assert grouping.wait(1, 8, now) <= takes
    assert grouping.wait(1, 8, now + takes) == 0
    assert grouping.wait(8, 8, now) == 0  # nobody is left to wait for
