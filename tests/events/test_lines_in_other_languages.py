"""Pasted lines in Spanish, French, German and Portuguese, as tables: what is read, what recurs, what is given back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.events.lines import UnreadableLine, read_line
from newsletter.events.rule_words import WORDS

TODAY = date(2026, 11, 27)  # a Friday
ZONES = {
    "en": "Europe/London",
    "es": "Europe/Madrid",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "pt": "America/Sao_Paulo",
}

DAYS = [
    # language, line, first day, last day, title
    ("es", "6-7 de julio Feria", "2027-07-06", "2027-07-07", "Feria"),
    ("es", "6 de julio: Feria", "2027-07-06", "2027-07-06", "Feria"),
    ("es", "6 de julio de 2028: Feria", "2028-07-06", "2028-07-06", "Feria"),
    ("es", "6 de julio del 2028, Feria", "2028-07-06", "2028-07-06", "Feria"),
    ("es", "del 6 al 7 de julio: Feria", "2027-07-06", "2027-07-07", "Feria"),
    ("es", "Del 29 de diciembre al 2 de enero: Feria", "2026-12-29", "2027-01-02", "Feria"),
    ("es", "el 5 de septiembre Feria", "2027-09-05", "2027-09-05", "Feria"),
    ("es", "5 setiembre Feria", "2027-09-05", "2027-09-05", "Feria"),
    ("es", "5 sept. Feria", "2027-09-05", "2027-09-05", "Feria"),
    ("es", "sábado 5 de diciembre Feria", "2026-12-05", "2026-12-05", "Feria"),
    ("es", "El sábado, 5 de diciembre: Feria", "2026-12-05", "2026-12-05", "Feria"),
    ("es", "sáb 5 dic Feria", "2026-12-05", "2026-12-05", "Feria"),
    ("es", "sáb. 5 dic. Feria", "2026-12-05", "2026-12-05", "Feria"),
    ("es", "mar 8 dic Feria", "2026-12-08", "2026-12-08", "Feria"),
    ("es", "mar 8 Feria", "2027-03-08", "2027-03-08", "Feria"),
    ("es", "12/1 Feria", "2027-01-12", "2027-01-12", "Feria"),
    ("es", "mañana: Feria", "2026-11-28", "2026-11-28", "Feria"),
    ("es", "hoy Feria", "2026-11-27", "2026-11-27", "Feria"),
    ("es", "hasta el 30 de junio: Feria", "2026-11-27", "2027-06-30", "Feria"),
    ("es", "primer sábado de diciembre: Feria", "2026-12-05", "2026-12-05", "Feria"),
    ("es", "Feria (6-7 de julio)", "2027-07-06", "2027-07-07", "Feria"),
    ("es", "Feria, el 6 de julio", "2027-07-06", "2027-07-06", "Feria"),
    ("fr", "6-7 juillet Fête", "2027-07-06", "2027-07-07", "Fête"),
    ("fr", "6 juillet : Fête", "2027-07-06", "2027-07-06", "Fête"),
    ("fr", "le 1er mars 2028 : Fête", "2028-03-01", "2028-03-01", "Fête"),
    ("fr", "du 6 au 7 juillet : Fête", "2027-07-06", "2027-07-07", "Fête"),
    ("fr", "Du 29 décembre au 2 janvier : Fête", "2026-12-29", "2027-01-02", "Fête"),
    ("fr", "samedi 5 décembre Fête", "2026-12-05", "2026-12-05", "Fête"),
    ("fr", "le samedi 5 décembre, Fête", "2026-12-05", "2026-12-05", "Fête"),
    ("fr", "sam. 5 déc. Fête", "2026-12-05", "2026-12-05", "Fête"),
    ("fr", "sam-dim 5-6 déc Fête", "2026-12-05", "2026-12-06", "Fête"),
    ("fr", "5 août Fête", "2027-08-05", "2027-08-05", "Fête"),
    ("fr", "5 fevrier Fête", "2027-02-05", "2027-02-05", "Fête"),
    ("fr", "demain : Fête", "2026-11-28", "2026-11-28", "Fête"),
    ("fr", "aujourd’hui : Fête", "2026-11-27", "2026-11-27", "Fête"),
    ("fr", "jusqu’au 30 juin : Fête", "2026-11-27", "2027-06-30", "Fête"),
    ("fr", "dernier dimanche de janvier : Fête", "2027-01-31", "2027-01-31", "Fête"),
    ("fr", "Fête le samedi 5 décembre", "2026-12-05", "2026-12-05", "Fête"),
    ("de", "6.-7. Juli Fest", "2027-07-06", "2027-07-07", "Fest"),
    ("de", "6. Juli: Fest", "2027-07-06", "2027-07-06", "Fest"),
    ("de", "6. Juli 2028 Fest", "2028-07-06", "2028-07-06", "Fest"),
    ("de", "vom 6. bis 7. Juli: Fest", "2027-07-06", "2027-07-07", "Fest"),
    ("de", "29. Dezember bis 2. Januar: Fest", "2026-12-29", "2027-01-02", "Fest"),
    ("de", "29.12. bis 2.1. Fest", "2026-12-29", "2027-01-02", "Fest"),
    ("de", "Samstag, 5. Dezember: Fest", "2026-12-05", "2026-12-05", "Fest"),
    ("de", "am Samstag, den 5. Dezember: Fest", "2026-12-05", "2026-12-05", "Fest"),
    ("de", "Sa, 5.12. Fest", "2026-12-05", "2026-12-05", "Fest"),
    ("de", "Sa. 5. Dez. Fest", "2026-12-05", "2026-12-05", "Fest"),
    ("de", "Sa/So 5./6. Dez Fest", "2026-12-05", "2026-12-06", "Fest"),
    ("de", "5. März Fest", "2027-03-05", "2027-03-05", "Fest"),
    ("de", "5. Maerz Fest", "2027-03-05", "2027-03-05", "Fest"),
    ("de", "1. Jänner Fest", "2027-01-01", "2027-01-01", "Fest"),
    ("de", "12.12.2026 Fest", "2026-12-12", "2026-12-12", "Fest"),
    ("de", "12.12.26 Fest", "2026-12-12", "2026-12-12", "Fest"),
    ("de", "morgen: Fest", "2026-11-28", "2026-11-28", "Fest"),
    ("de", "heute Fest", "2026-11-27", "2026-11-27", "Fest"),
    ("de", "bis 30. Juni: Fest", "2026-11-27", "2027-06-30", "Fest"),
    ("de", "bis zum 30. Juni Fest", "2026-11-27", "2027-06-30", "Fest"),
    ("de", "erster Samstag im Dezember: Fest", "2026-12-05", "2026-12-05", "Fest"),
    ("de", "Fest am 5. Dezember", "2026-12-05", "2026-12-05", "Fest"),
    ("pt", "6-7 de julho Festa", "2027-07-06", "2027-07-07", "Festa"),
    ("pt", "6 de julho: Festa", "2027-07-06", "2027-07-06", "Festa"),
    ("pt", "1º de março de 2028: Festa", "2028-03-01", "2028-03-01", "Festa"),
    ("pt", "de 6 a 7 de julho: Festa", "2027-07-06", "2027-07-07", "Festa"),
    ("pt", "29 de dezembro a 2 de janeiro: Festa", "2026-12-29", "2027-01-02", "Festa"),
    ("pt", "sábado, 5 de dezembro: Festa", "2026-12-05", "2026-12-05", "Festa"),
    ("pt", "no sábado, 5 de dezembro, Festa", "2026-12-05", "2026-12-05", "Festa"),
    ("pt", "sáb 5 dez Festa", "2026-12-05", "2026-12-05", "Festa"),
    ("pt", "terça-feira, 8 de dezembro: Festa", "2026-12-08", "2026-12-08", "Festa"),
    ("pt", "sex 4 dez Festa", "2026-12-04", "2026-12-04", "Festa"),
    ("pt", "5 de set Festa", "2027-09-05", "2027-09-05", "Festa"),
    ("pt", "5 out. Festa", "2026-10-05", "2026-10-05", "Festa"),
    ("pt", "dia 5 de dezembro: Festa", "2026-12-05", "2026-12-05", "Festa"),
    ("pt", "5/12 Festa", "2026-12-05", "2026-12-05", "Festa"),
    ("pt", "amanhã: Festa", "2026-11-28", "2026-11-28", "Festa"),
    ("pt", "hoje Festa", "2026-11-27", "2026-11-27", "Festa"),
    ("pt", "até 30 de junho: Festa", "2026-11-27", "2027-06-30", "Festa"),
    ("pt", "primeiro sábado de dezembro: Festa", "2026-12-05", "2026-12-05", "Festa"),
]


@pytest.mark.parametrize(("language", "line", "first", "last", "title"), DAYS)
def test_days_are_read_in_four_more_languages(language: str, line: str, first: str, last: str, title: str) -> None:
    event = read_line(line, today=TODAY, zone=ZONES[language], language=language)
    assert (str(event.start), str(event.end), event.title, event.all_day) == (first, last, title, True)


SEVERAL = [
    ("es", "7 y 14 de julio: Jardines", ["2027-07-07", "2027-07-14"]),
    ("es", "los días 7, 14 y 21 de julio: Jardines", ["2027-07-07", "2027-07-14", "2027-07-21"]),
    ("fr", "7 et 14 juillet : Jardines", ["2027-07-07", "2027-07-14"]),
    ("fr", "les 7, 14 et 21 juillet : Jardines", ["2027-07-07", "2027-07-14", "2027-07-21"]),
    ("de", "7. und 14. Juli: Jardines", ["2027-07-07", "2027-07-14"]),
    ("de", "5., 12. und 19. März: Jardines", ["2027-03-05", "2027-03-12", "2027-03-19"]),
    ("pt", "7 e 14 de julho: Jardines", ["2027-07-07", "2027-07-14"]),
    ("pt", "7, 14 e 21 de julho: Jardines", ["2027-07-07", "2027-07-14", "2027-07-21"]),
]


@pytest.mark.parametrize(("language", "line", "days"), SEVERAL)
def test_several_days_are_read_in_four_more_languages(language: str, line: str, days: list[str]) -> None:
    event = read_line(line, today=TODAY, zone=ZONES[language], language=language)
    assert ([str(day) for day in event.dates], event.title) == (days, "Jardines")


TIMES = [
    # language, line, start, end, title
    ("es", "5 de diciembre a las 19:00 Cine", "2026-12-05T19:00:00+01:00", None, "Cine"),
    ("es", "5 de diciembre, de 19:00 a 21:00: Cine", "2026-12-05T19:00:00+01:00", "2026-12-05T21:00:00+01:00", "Cine"),
    ("es", "5 de diciembre, 19 h: Cine", "2026-12-05T19:00:00+01:00", None, "Cine"),
    ("es", "5 de diciembre a las 7 de la tarde: Cine", "2026-12-05T19:00:00+01:00", None, "Cine"),
    ("es", "5 de diciembre, mediodía: Cine", "2026-12-05T12:00:00+01:00", None, "Cine"),
    ("es", "5 de julio 19:00 hora de Londres: Cine", "2027-07-05T19:00:00+01:00", None, "Cine"),
    ("es", "el próximo viernes a las 18:00: Cine", "2026-12-04T18:00:00+01:00", None, "Cine"),
    ("es", "viernes 18:00 Cine", "2026-11-27T18:00:00+01:00", None, "Cine"),
    ("es", "mañana 18:00 Cine", "2026-11-28T18:00:00+01:00", None, "Cine"),
    ("es", "5 de diciembre: Cine a las 20:30", "2026-12-05T20:30:00+01:00", None, "Cine"),
    ("fr", "5 décembre à 19h : Film", "2026-12-05T19:00:00+01:00", None, "Film"),
    ("fr", "5 décembre à 19h30 : Film", "2026-12-05T19:30:00+01:00", None, "Film"),
    ("fr", "5 décembre 19 h 30 Film", "2026-12-05T19:30:00+01:00", None, "Film"),
    ("fr", "5 décembre de 19h à 21h : Film", "2026-12-05T19:00:00+01:00", "2026-12-05T21:00:00+01:00", "Film"),
    ("fr", "5 décembre, 19h-21h30 Film", "2026-12-05T19:00:00+01:00", "2026-12-05T21:30:00+01:00", "Film"),
    ("fr", "5 décembre à midi : Film", "2026-12-05T12:00:00+01:00", None, "Film"),
    ("fr", "vendredi prochain à 18h : Film", "2026-12-04T18:00:00+01:00", None, "Film"),
    ("fr", "demain 18h Film", "2026-11-28T18:00:00+01:00", None, "Film"),
    ("fr", "5 juillet 18h heure de Londres : Film", "2027-07-05T18:00:00+01:00", None, "Film"),
    ("fr", "5 décembre : Film à 20h", "2026-12-05T20:00:00+01:00", None, "Film"),
    ("de", "5. Dezember um 19 Uhr: Film", "2026-12-05T19:00:00+01:00", None, "Film"),
    ("de", "5. Dezember, 19.30 Uhr: Film", "2026-12-05T19:30:00+01:00", None, "Film"),
    ("de", "5. Dezember, 19–21 Uhr: Film", "2026-12-05T19:00:00+01:00", "2026-12-05T21:00:00+01:00", "Film"),
    ("de", "5. Dezember von 19 bis 21 Uhr: Film", "2026-12-05T19:00:00+01:00", "2026-12-05T21:00:00+01:00", "Film"),
    ("de", "12.12.2026 19:30–21:00 Film", "2026-12-12T19:30:00+01:00", "2026-12-12T21:00:00+01:00", "Film"),
    ("de", "Sa 5.12. 19 Uhr Film", "2026-12-05T19:00:00+01:00", None, "Film"),
    ("de", "Fr 18:00 Film", "2026-11-27T18:00:00+01:00", None, "Film"),
    ("de", "nächsten Freitag 18:00 Film", "2026-12-04T18:00:00+01:00", None, "Film"),
    ("de", "morgen 18 Uhr Film", "2026-11-28T18:00:00+01:00", None, "Film"),
    ("de", "5. Juli 18:00 Londoner Zeit: Film", "2027-07-05T18:00:00+01:00", None, "Film"),
    ("de", "5. Juli, 19 Uhr MESZ: Film", "2027-07-05T19:00:00+02:00", None, "Film"),
    ("de", "5. Dezember: Film um 20 Uhr", "2026-12-05T20:00:00+01:00", None, "Film"),
    ("pt", "5 de dezembro às 19h: Filme", "2026-12-05T19:00:00-03:00", None, "Filme"),
    ("pt", "5 de dezembro às 19h30: Filme", "2026-12-05T19:30:00-03:00", None, "Filme"),
    ("pt", "5 de dezembro, das 19h às 21h: Filme", "2026-12-05T19:00:00-03:00", "2026-12-05T21:00:00-03:00", "Filme"),
    ("pt", "5 de dezembro, 7 da noite: Filme", "2026-12-05T19:00:00-03:00", None, "Filme"),
    ("pt", "5 de dezembro, meio-dia: Filme", "2026-12-05T12:00:00-03:00", None, "Filme"),
    ("pt", "próxima sexta-feira às 18h: Filme", "2026-12-04T18:00:00-03:00", None, "Filme"),
    ("pt", "amanhã 18:00 Filme", "2026-11-28T18:00:00-03:00", None, "Filme"),
    ("pt", "5 de julho 18h horário de Brasília: Filme", "2027-07-05T18:00:00-03:00", None, "Filme"),
    ("pt", "5 de dezembro: Filme às 20h", "2026-12-05T20:00:00-03:00", None, "Filme"),
]


@pytest.mark.parametrize(("language", "line", "start", "end", "title"), TIMES)
def test_times_are_read_in_four_more_languages(
    language: str, line: str, start: str, end: str | None, title: str
) -> None:
    event = read_line(line, today=TODAY, zone=ZONES[language], language=language)
    assert (event.start.isoformat(), event.end.isoformat() if event.end else None) == (start, end)
    assert event.title == title


RULES = [
    ("es", "todos los martes 18:00 Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU"),
    ("es", "cada martes y jueves a las 18:00: Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("es", "Todos los sábados: Coro", "2026-11-28", "FREQ=WEEKLY;BYDAY=SA"),
    ("es", "todos los días 9:00 Coro", "2026-11-27", "FREQ=DAILY"),
    ("es", "primer y tercer jueves de cada mes, 18:30: Coro", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("es", "último viernes del mes Coro", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("es", "el 15 de cada mes: Coro", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("es", "cada martes hasta el 30 de junio: Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
    ("es", "de lunes a viernes 9:00 Coro", "2026-11-27", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("fr", "tous les mardis 18h Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU"),
    ("fr", "chaque mardi et jeudi à 18h : Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("fr", "les mardis à 18h : Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU"),
    ("fr", "tous les jours 9h Coro", "2026-11-27", "FREQ=DAILY"),
    ("fr", "premier et troisième jeudi du mois, 18h30 : Coro", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("fr", "le dernier vendredi du mois : Coro", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("fr", "le 15 de chaque mois : Coro", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("fr", "chaque mardi jusqu’au 30 juin : Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
    ("de", "jeden Dienstag 18 Uhr Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU"),
    ("de", "dienstags und donnerstags 18:00 Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("de", "jeden zweiten Dienstag: Coro", "2026-12-01", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    ("de", "täglich 9 Uhr Coro", "2026-11-27", "FREQ=DAILY"),
    ("de", "erster und dritter Donnerstag im Monat, 18:30 Uhr: Coro", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("de", "jeden ersten Samstag im Monat 14 Uhr: Coro", "2026-12-05", "FREQ=MONTHLY;BYDAY=1SA"),
    ("de", "letzter Freitag im Monat: Coro", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("de", "am 15. jedes Monats: Coro", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("de", "jeden Dienstag bis 30. Juni: Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
    ("pt", "toda terça-feira 18h Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU"),
    ("pt", "todas as terças e quintas às 18h: Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("pt", "todos os sábados: Coro", "2026-11-28", "FREQ=WEEKLY;BYDAY=SA"),
    ("pt", "todos os dias 9h Coro", "2026-11-27", "FREQ=DAILY"),
    ("pt", "primeira e terceira quinta-feira do mês, 18h30: Coro", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("pt", "segunda segunda-feira do mês: Coro", "2026-12-14", "FREQ=MONTHLY;BYDAY=2MO"),
    ("pt", "última sexta-feira do mês: Coro", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("pt", "dia 15 de cada mês: Coro", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("pt", "toda terça até 30 de junho: Coro", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
]


@pytest.mark.parametrize(("language", "line", "first", "rule"), RULES)
def test_rules_are_read_in_four_more_languages(language: str, line: str, first: str, rule: str) -> None:
    event = read_line(line, today=TODAY, zone=ZONES[language], language=language)
    day = event.start.date() if isinstance(event.start, datetime) else event.start
    assert (str(day), event.rule, event.title) == (first, rule, "Coro")


PARTS = [
    # language, line, title, place, online, contact
    ("es", "5 de diciembre: Feria en la plaza Mayor", "Feria", "la plaza Mayor", False, None),
    ("es", "5 dic Taller, biblioteca municipal", "Taller", "biblioteca municipal", False, None),
    ("es", "5 dic Charla en línea", "Charla", None, True, None),
    ("es", "5 dic Charla, inscripción: desk@alderwick.example", "Charla", None, False, "desk@alderwick.example"),
    ("fr", "5 décembre : Atelier à la bibliothèque", "Atelier", "la bibliothèque", False, None),
    ("fr", "5 déc. Atelier, salle des fêtes", "Atelier", "salle des fêtes", False, None),
    ("fr", "5 déc. Conférence en ligne", "Conférence", None, True, None),
    ("fr", "5 déc. Atelier, inscription desk@alderwick.example", "Atelier", None, False, "desk@alderwick.example"),
    ("de", "5. Dezember: Flohmarkt im Rathaus", "Flohmarkt", "Rathaus", False, None),
    ("de", "5. Dez. Chorprobe, Gemeindesaal", "Chorprobe", "Gemeindesaal", False, None),
    ("de", "5. Dez. Vortrag über Zoom", "Vortrag", None, True, None),
    ("de", "5. Dez. Kurs, Anmeldung: desk@alderwick.example", "Kurs", None, False, "desk@alderwick.example"),
    ("pt", "5 de dezembro: Oficina na biblioteca", "Oficina", "biblioteca", False, None),
    ("pt", "5 dez. Oficina, praça da República", "Oficina", "praça da República", False, None),
    ("pt", "5 dez. Palestra online", "Palestra", None, True, None),
    ("pt", "5 dez. Oficina, inscrições: desk@alderwick.example", "Oficina", None, False, "desk@alderwick.example"),
]


@pytest.mark.parametrize(("language", "line", "title", "place", "online", "contact"), PARTS)
def test_what_follows_is_taken_apart_in_four_more_languages(
    language: str, line: str, title: str, place: str | None, online: bool, contact: str | None
) -> None:
    event = read_line(line, today=TODAY, zone=ZONES[language], language=language)
    assert (event.title, event.place, event.online, event.contact) == (title, place, online, contact)


REFUSED = [
    ("es", "Feria en la plaza", "No date was found"),
    ("es", "31 de abril Feria", "April has 30 days"),
    ("es", "6 de julio", "no title"),
    ("fr", "Fête du village", "No date was found"),
    ("fr", "le 31 juin : Fête", "June has 30 days"),
    ("fr", "tous les mardis à 18h", "no title"),
    ("de", "Fest im Rathaus", "No date was found"),
    ("de", "31.4. Fest", "April has 30 days"),
    ("de", "5. Dezember 25 Uhr: Fest", "no time 25:00"),
    ("pt", "Festa na praça", "No date was found"),
    ("pt", "30 de fevereiro: Festa", "February has 29 days"),
    ("pt", "de 7 a 6 de julho de 2027: Festa", "before it begins"),
]


@pytest.mark.parametrize(("language", "line", "reason"), REFUSED)
def test_a_line_in_another_language_that_cannot_be_read_says_why(language: str, line: str, reason: str) -> None:
    with pytest.raises(UnreadableLine, match=reason):
        read_line(line, today=TODAY, zone=ZONES[language], language=language)


@given(
    st.sampled_from(sorted(WORDS)),
    st.dates(date(2026, 11, 27), date(2027, 9, 20)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.booleans(),
)
def test_a_date_in_words_reads_back_the_same_in_each_language(
    language: str, day: date, hour: int, minute: int, weekday: bool
) -> None:
    words = WORDS[language]
    written = words.on.format(d=day.day, m=words.months[day.month - 1], y=day.year)
    line = f"{words.weekdays[day.weekday()] + ' ' if weekday else ''}{written}, {hour:02d}:{minute:02d}: Talk"
    event = read_line(line, today=TODAY, zone="UTC", language=language)
    assert (event.start.isoformat(), event.title) == (f"{day}T{hour:02d}:{minute:02d}:00+00:00", "Talk")
    assert event.warnings == ()


@given(
    st.sampled_from(sorted(WORDS)),
    st.sampled_from([1, 2, 3, 4, -1]),
    st.integers(0, 6),
)
def test_a_rule_in_words_reads_back_the_same_in_each_language(language: str, ordinal: int, weekday: int) -> None:
    from newsletter.events.rule_words import in_words
    from newsletter.events.words import BYDAY

    for rule in (f"FREQ=MONTHLY;BYDAY={ordinal}{BYDAY[weekday]}", f"FREQ=WEEKLY;BYDAY={BYDAY[weekday]}"):
        said = in_words(rule, language=language)
        assert read_line(f"{said}, 18:00: Talk", today=TODAY, zone="UTC", language=language).rule == rule


AT_HOME = [
    # zone, language, line, start
    ("Australia/Sydney", "en", "5 July, 6pm EST Talk", "2027-07-05T18:00:00+10:00"),
    ("America/Havana", "es", "5 de enero, 18:00 CST Charla", "2027-01-05T18:00:00-05:00"),
    ("America/Mexico_City", "es", "5 de enero, 18:00 CST Charla", "2027-01-05T18:00:00-06:00"),
    ("Asia/Dhaka", "en", "5 July, 6pm BST Talk", "2027-07-05T18:00:00+06:00"),
    ("Europe/Dublin", "en", "5 July, 6pm IST Talk", "2027-07-05T18:00:00+01:00"),
    ("UTC", "en-IN", "5 July, 6pm IST Talk", "2027-07-05T18:00:00+05:30"),
    ("UTC", "en-US", "4/5 Talk", "2027-04-05"),
    ("Europe/Berlin", "de", "4/5 Talk", "2027-05-04"),
    ("America/New_York", "en", "Dec 5, 19:00 Berlin: Talk", "2026-12-05T19:00:00+01:00"),
    ("America/New_York", "en", "Dec 5, 2:30 PM New York / 20:30 Berlin Talk", "2026-12-05T14:30:00-05:00"),
    ("America/New_York", "en", "Dec 5, 10am Lord Howe time: Talk", "2026-12-05T10:00:00+11:00"),
    ("America/New_York", "es", "5 de diciembre, 19:00 hora peninsular: Talk", "2026-12-05T19:00:00+01:00"),
]


@pytest.mark.parametrize(("zone", "language", "line", "start"), AT_HOME)
def test_an_abbreviation_means_what_it_means_in_the_publications_country(
    zone: str, language: str, line: str, start: str
) -> None:
    assert read_line(line, today=TODAY, zone=zone, language=language).start.isoformat() == start


ENGLISH_WORDS = [
    ("Dec 5 So many books, do come", "So many books, do come"),
    ("Dec 5 Sam Hill plays", "Sam Hill plays"),
    ("Dec 5 Sex education evening", "Sex education evening"),
    ("Dec 5 12 out of 20", "12 out of 20"),
    ("Dec 5 24h swim", "24h swim"),
    ("Dec 5 Evening en Français", "Evening en Français"),
    ("Dec 5 From A to Z", "From A to Z"),
    ("Dec 5 Mar 5 review", "Mar 5 review"),
]


@pytest.mark.parametrize(("line", "title"), ENGLISH_WORDS)
def test_words_of_one_language_that_are_dates_of_another_stay_words(line: str, title: str) -> None:
    event = read_line(line, today=TODAY, zone="America/New_York")
    assert (str(event.start), event.title, event.place) == ("2026-12-05", title, None)


def test_a_date_inside_the_text_describes_that_day_and_not_the_event() -> None:
    event = read_line("July 7 & 14 Open gardens. July 7: roses; July 14: herbs, 7pm", today=TODAY, zone="UTC")
    assert (event.title, event.description) == ("Open gardens", "July 7: roses<br>July 14: herbs, 7pm")
    assert [str(day) for day in event.dates] == ["2027-07-07", "2027-07-14"]
    assert event.all_day


def test_damaged_characters_are_mended_and_told() -> None:
    event = read_line("5 dÃ©cembre : CafÃ© philo â€“ entrÃ©e libre", today=TODAY, zone="Europe/Paris", language="fr")
    assert (str(event.start), event.title, event.description) == ("2026-12-05", "Café philo", "entrée libre")
    assert "mended" in event.warnings[0]
