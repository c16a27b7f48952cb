"""The months as dates of sources call them: English, German, French, Spanish, Portuguese; short and long. Pure."""

from __future__ import annotations

import unicodedata

_ROWS = (
    "jan january januar janner januari janv janvier ene enero janeiro",
    "feb february februar feber fev fevr fevrier febrero fevereiro",
    "mar march marz mrz maerz mars marzo marco",
    "apr april avr avril abr abril",
    "may mai mayo maio",
    "jun june juni juin junio junho",
    "jul july juli juil juillet julio julho",
    "aug august aou aout ago agosto",
    "sep sept september septembre septiembre set setiembre setembro",
    "oct october okt oktober octobre octubre out outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember decembre dic diciembre dezembro",
)
_MONTHS = {name: number for number, row in enumerate(_ROWS, start=1) for name in row.split()}


def month_number(word: str) -> int | None:
    """The number of a month's name, without regard to case and accents; none where no month is called so."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return _MONTHS.get("".join(sign for sign in plain if not unicodedata.combining(sign)))
