"""The country of a publication: it decides what `CST` and `4/5` mean."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTH_FIRST = frozenset(("US", "PR", "GU", "VI", "AS", "MP", "FM", "PW"))


@lru_cache(maxsize=64)
def country_of(zone: str, language: str = "") -> str | None:
    """The ISO 3166 code of a zone's country, else of the language's region (`pt-BR`); none where neither tells."""
    from babel.core import get_global

    if zone.startswith("US/"):
        return "US"
    found = str(get_global("zone_territories").get(zone, ""))
    return found if re.fullmatch("[A-Z]{2}", found) else region_of(language)


def region_of(language: str) -> str | None:
    """`BR` of `pt-BR`; none of `pt`."""
    return next((part.upper() for part in re.split(r"[-_]", language)[1:] if re.fullmatch("[A-Za-z]{2}", part)), None)


@lru_cache(maxsize=64)
def month_first(zone: str, language: str = "") -> bool:
    """Whether `4/5` is the fifth of April there. A language with a region says it more exactly than the zone."""
    return (region_of(language) or country_of(zone)) in _MONTH_FIRST
