"""An RRULE in the words of a reader: “second Monday of the month”, in five languages, in tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from newsletter.events.words import BYDAY


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """The words of one language. `{}` stands for days, a number or a date; ordinals may have a second gender."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    other_gender: frozenset[int] = frozenset()
    """The weekdays that take the second form of an ordinal."""
    ordinals: Mapping[int, tuple[str, ...]]
    joined: str
    each: str
    each_other: str
    each_weeks: str
    workdays: str
    day: str
    days: str
    week: str
    other_week: str
    weeks: str
    month: str
    of_month: str
    of_other_month: str
    on_day: str
    year: str
    years: str
    until: str
    on: str
    times: str
    once: str
    last_day: str
    a_workday: str
    """From Monday to Friday, as in “last weekday of the month”; takes the second form of an ordinal."""
    in_months: str
    not_in_months: str
    without: str


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _ordinals(words: str, second_last: str) -> dict[int, tuple[str, ...]]:
    return {**{n: (word,) for n, word in zip((1, 2, 3, 4, 5, -1), words.split(), strict=True)}, -2: (second_last,)}


WORDS: dict[str, RuleWords] = {
    "en": RuleWords(
        months=_each("January February March April May June July August September October November December"),
        weekdays=_each("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        ordinals=_ordinals("first second third fourth fifth last", "second last"),
        joined="and",
        each="every {}",
        each_other="every other {}",
        each_weeks="{}, every {} weeks",
        workdays="every weekday",
        day="every day",
        days="every {} days",
        week="every week",
        other_week="every other week",
        weeks="every {} weeks",
        month="every month",
        of_month="{} of the month",
        of_other_month="{} of every other month",
        on_day="on day {}",
        year="every year",
        years="every {} years",
        until="until {}",
        on="{d} {m} {y}",
        times="{} times",
        once="once",
        last_day="last day",
        a_workday="weekday",
        in_months="in {}",
        not_in_months="except in {}",
        without="except {}",
    ),
    "es": RuleWords(
        months=_each("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        weekdays=_each("lunes martes miércoles jueves viernes sábado domingo"),
        ordinals=_ordinals("primer segundo tercer cuarto quinto último", "penúltimo"),
        joined="y",
        each="cada {}",
        each_other="{}, cada dos semanas",
        each_weeks="{}, cada {} semanas",
        workdays="de lunes a viernes",
        day="todos los días",
        days="cada {} días",
        week="cada semana",
        other_week="cada dos semanas",
        weeks="cada {} semanas",
        month="cada mes",
        of_month="{} del mes",
        of_other_month="{}, cada dos meses",
        on_day="día {}",
        year="cada año",
        years="cada {} años",
        until="hasta el {}",
        on="{d} de {m} de {y}",
        times="{} veces",
        once="una vez",
        last_day="último día",
        a_workday="día laborable",
        in_months="en {}",
        not_in_months="excepto en {}",
        without="excepto el {}",
    ),
    "fr": RuleWords(
        months=_each("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        weekdays=_each("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        ordinals=_ordinals("premier deuxième troisième quatrième cinquième dernier", "avant-dernier"),
        joined="et",
        each="chaque {}",
        each_other="{}, une semaine sur deux",
        each_weeks="{}, toutes les {} semaines",
        workdays="du lundi au vendredi",
        day="tous les jours",
        days="tous les {} jours",
        week="chaque semaine",
        other_week="toutes les deux semaines",
        weeks="toutes les {} semaines",
        month="chaque mois",
        of_month="{} du mois",
        of_other_month="{}, un mois sur deux",
        on_day="le {}",
        year="chaque année",
        years="tous les {} ans",
        until="jusqu’au {}",
        on="{d} {m} {y}",
        times="{} fois",
        once="une fois",
        last_day="dernier jour",
        a_workday="jour ouvré",
        in_months="en {}",
        not_in_months="sauf en {}",
        without="sauf le {}",
    ),
    "de": RuleWords(
        months=_each("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        weekdays=_each("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        ordinals=_ordinals("erster zweiter dritter vierter fünfter letzter", "vorletzter"),
        joined="und",
        each="jeden {}",
        each_other="jeden zweiten {}",
        each_weeks="{}, alle {} Wochen",
        workdays="montags bis freitags",
        day="täglich",
        days="alle {} Tage",
        week="jede Woche",
        other_week="alle zwei Wochen",
        weeks="alle {} Wochen",
        month="jeden Monat",
        of_month="{} im Monat",
        of_other_month="{} in jedem zweiten Monat",
        on_day="am {}. Tag",
        year="jedes Jahr",
        years="alle {} Jahre",
        until="bis {}",
        on="{d}. {m} {y}",
        times="{}-mal",
        once="einmal",
        last_day="letzter Tag",
        a_workday="Werktag",
        in_months="im {}",
        not_in_months="außer im {}",
        without="außer am {}",
    ),
    "pt": RuleWords(
        months=_each("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        weekdays=_each("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
        other_gender=frozenset((5, 6)),
        ordinals={
            1: ("primeira", "primeiro"),
            2: ("segunda", "segundo"),
            3: ("terceira", "terceiro"),
            4: ("quarta", "quarto"),
            5: ("quinta", "quinto"),
            -1: ("última", "último"),
            -2: ("penúltima", "penúltimo"),
        },
        joined="e",
        each="cada {}",
        each_other="{}, a cada duas semanas",
        each_weeks="{}, a cada {} semanas",
        workdays="de segunda a sexta-feira",
        day="todos os dias",
        days="a cada {} dias",
        week="cada semana",
        other_week="a cada duas semanas",
        weeks="a cada {} semanas",
        month="cada mês",
        of_month="{} do mês",
        of_other_month="{}, a cada dois meses",
        on_day="dia {}",
        year="cada ano",
        years="a cada {} anos",
        until="até {}",
        on="{d} de {m} de {y}",
        times="{} vezes",
        once="uma vez",
        last_day="último dia",
        a_workday="dia útil",
        in_months="em {}",
        not_in_months="exceto em {}",
        without="exceto em {}",
    ),
}
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "UNTIL", "COUNT", "WKST", "BYSETPOS"}


MOST_EXCEPTED = 6
"""Days left out that are told one by one."""


def in_words(
    rrule: str | None, zone: str | None = None, language: str = "en", *, excepted: Sequence[date] = ()
) -> str | None:
    """The rule as a reader says it (“second Monday of the month”); none where it has no short words.

    `zone`: where the last day of a timed event is told. `language`: a BCP 47 tag; English where nobody has
    translated the words. `excepted`: the days that are left out, in order.
    """
    if not rrule:
        return None
    words = WORDS.get(re.split(r"[-_]", language)[0].lower(), WORDS["en"])
    parts = dict(part.split("=", 1) for part in rrule.upper().split(";") if "=" in part)
    if parts.keys() - _KNOWN or (said := _said(parts, words)) is None:
        return None
    if "BYMONTH" in parts:
        if parts["FREQ"] == "YEARLY":
            return None
        said += _months([int(number) for number in parts["BYMONTH"].split(",")], words)
    if until := parts.get("UNTIL"):
        day = datetime.strptime(until[:8], "%Y%m%d").replace(tzinfo=UTC)
        if zone and until.endswith("Z"):
            day = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        said += ", " + words.until.format(_on(day.date(), words))
    elif count := parts.get("COUNT"):
        said += ", " + (words.times.format(count) if count != "1" else words.once)
    if excepted:
        said += ", " + words.without.format(_days_out(excepted, words))
    return said


def _months(numbers: list[int], words: RuleWords) -> str:
    """In few months, or in all but a few."""
    if len(numbers) <= 6:
        return " " + words.in_months.format(_joined([words.months[number - 1] for number in numbers], words))
    rest = [name for number, name in enumerate(words.months, start=1) if number not in numbers]
    return ", " + words.not_in_months.format(_joined(rest, words)) if rest else ""


def _days_out(excepted: Sequence[date], words: RuleWords) -> str:
    *others, last = excepted[:MOST_EXCEPTED]
    without_year = re.sub(r"(?: de)? \{y\}$", "", words.on)
    told = [
        _on(day, words) if day.year != last.year else without_year.format(d=day.day, m=words.months[day.month - 1])
        for day in others
    ]
    return _joined([*told, _on(last, words)], words) + (", …" if len(excepted) > MOST_EXCEPTED else "")


def _on(day: date, words: RuleWords) -> str:
    return words.on.format(d=day.day, m=words.months[day.month - 1], y=day.year)


def _said(parts: dict[str, str], words: RuleWords) -> str | None:
    freq, days = parts.get("FREQ"), [day for day in parts.get("BYDAY", "").split(",") if day]
    interval = parts.get("INTERVAL", "1")
    if "BYSETPOS" in parts and freq != "MONTHLY":
        return None
    if freq == "DAILY" and not days:
        return words.day if interval == "1" else words.days.format(interval)
    if freq == "WEEKLY" and all(day in BYDAY for day in days):
        return _weekly(days, interval, words)
    if freq == "MONTHLY" and interval in ("1", "2"):
        month = words.of_month if interval == "1" else words.of_other_month
        if "BYSETPOS" in parts:
            picked = _picked(days, parts, words)
            return month.format(picked) if picked else None
        if days and "BYMONTHDAY" not in parts and (named := _ordinal_days(days, words)):
            return month.format(named)
        number = parts.get("BYMONTHDAY", "")
        if not days and number == "-1":
            return month.format(words.last_day)
        if not days and number.isdigit():
            return month.format(words.on_day.format(number))
        return words.month if not days and not number and interval == "1" else None
    if freq == "YEARLY" and not days and "BYMONTHDAY" not in parts:
        return words.year if interval == "1" else words.years.format(interval)
    return None


def _picked(days: list[str], parts: dict[str, str], words: RuleWords) -> str | None:
    """`last weekday`: one out of the days from Monday to Friday."""
    position = parts["BYSETPOS"]
    if "BYMONTHDAY" in parts or not re.fullmatch(r"-?\d", position) or int(position) not in words.ordinals:
        return None
    if set(days) == set(BYDAY) and position == "-1":
        return words.last_day
    return f"{words.ordinals[int(position)][-1]} {words.a_workday}" if set(days) == set(BYDAY[:5]) else None


def _weekly(days: list[str], interval: str, words: RuleWords) -> str:
    if days == list(BYDAY[:5]) and interval == "1":
        return words.workdays
    names = _joined([words.weekdays[BYDAY.index(day)] for day in days], words)
    if interval == "1":
        return words.each.format(names) if names else words.week
    if not names:
        return words.other_week if interval == "2" else words.weeks.format(interval)
    return words.each_other.format(names) if interval == "2" else words.each_weeks.format(names, interval)


def _ordinal_days(days: list[str], words: RuleWords) -> str | None:
    pairs = [re.fullmatch(r"([+-]?\d)([A-Z]{2})", day) for day in days]
    found = [(int(pair[1]), BYDAY.index(pair[2])) for pair in pairs if pair]
    if not all(pairs) or any(number not in words.ordinals for number, _ in found):
        return None

    def ordinal(number: int, weekday: int) -> str:
        forms = words.ordinals[number]
        return forms[-1] if weekday in words.other_gender else forms[0]

    if len({weekday for _, weekday in found}) == 1:
        weekday = found[0][1]
        return f"{_joined([ordinal(number, weekday) for number, _ in found], words)} {words.weekdays[weekday]}"
    return _joined([f"{ordinal(number, weekday)} {words.weekdays[weekday]}" for number, weekday in found], words)


def _joined(names: list[str], words: RuleWords) -> str:
    return f" {words.joined} ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)
