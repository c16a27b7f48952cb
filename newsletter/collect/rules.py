"""What an editor wants of a source. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.model.item import ItemData
from newsletter.model.source import Rules
from newsletter.text.plain import plain

_URL = "url:"


def is_offered(item: ItemData, rules: Rules) -> bool:
    """Whether an item passes the keep and skip rules of its source."""
    if not (rules.keep or rules.skip):
        return True
    text = f"{item.title} {plain(item.excerpt)}".casefold()
    url = (item.url or "").casefold()
    if rules.keep and not any(_matches(rule, text, url) for rule in rules.keep):
        return False
    return not any(_matches(rule, text, url) for rule in rules.skip)


def _matches(rule: str, text: str, url: str) -> bool:
    rule = rule.casefold()
    if rule.startswith(_URL):
        return rule.removeprefix(_URL).strip() in url
    return re.search(rf"(?<!\w){re.escape(rule)}(?!\w)", text) is not None


def newest(items: Sequence[ItemData], rules: Rules) -> list[ItemData]:
    """The newest items of an answer, as many as the rules want, in its order; without dates the first ones."""
    if rules.newest is None or len(items) <= rules.newest:
        return list(items)
    dated = sorted(range(len(items)), key=lambda index: (_age(items[index]), index))
    chosen = set(dated[: rules.newest])
    return [item for index, item in enumerate(items) if index in chosen]


def _age(item: ItemData) -> float:
    return -item.published.timestamp() if item.published else 0.0
