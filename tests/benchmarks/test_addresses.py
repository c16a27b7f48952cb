"""The address under which a reader says no is signed for each message: it must cost next to nothing."""

from __future__ import annotations

from time import perf_counter

import pytest

from newsletter.model.issue import IssueId
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import SubscriberId
from newsletter.model.tokens import unsubscribe_url

ADDRESSES = 100_000


@pytest.mark.benchmark
def test_how_many_addresses_a_second() -> None:
    start = perf_counter()
    for number in range(ADDRESSES):
        unsubscribe_url("https://news.example.org", ("a key",), PublicationId(1), SubscriberId(number), IssueId(3))
    print(f"\n{ADDRESSES / (perf_counter() - start):,.0f} unsubscribe addresses a second")
