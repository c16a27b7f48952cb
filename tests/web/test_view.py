"""The desk's address says all of what is looked at, and reads back to the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from newsletter.web.view import View, view_of

NUMBERS = st.none() | st.integers(1, 99_999)
VIEWS = st.builds(
    View,
    state=st.sampled_from(["new", "picked", "skipped", "snoozed", "all"]),
    q=st.text(max_size=50).map(str.strip),
    item=NUMBERS,
    issue=NUMBERS,
    block=NUMBERS,
    section=NUMBERS,
    as_=st.sampled_from(["phone", "wide", "text"]),
    dark=st.booleans(),
    limit=st.integers(1, 2000),
)


def read(address: str) -> View:
    query = address.partition("?")[2].partition("#")[0]
    scope: dict[str, Any] = {"type": "http", "headers": [], "path": "/", "query_string": query.encode()}
    return view_of(Request(scope))


@given(VIEWS)
def test_an_address_reads_back_to_the_same_view(view: View) -> None:
    assert read(view.to("queue")) == view


@given(st.dictionaries(st.sampled_from(["state", "q", "item", "issue", "block", "as", "dark", "limit"]), st.text()))
def test_any_address_is_some_view(query: dict[str, str]) -> None:
    from urllib.parse import urlencode

    view = read("/?" + urlencode(query, errors="surrogatepass"))
    assert 0 < view.limit <= 2000


def test_the_plain_desk_has_a_plain_address() -> None:
    assert View().to() == "/"
    assert View().to("b-3", block=3, dark=True) == "/?block=3&dark=1#b-3"
