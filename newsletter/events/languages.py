"""Months, weekdays and ordinals as people write them, by language. A language is added by its rows.

A row holds the spellings of one month (from January), or weekday (from Monday), parted by spaces.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS: dict[str, tuple[str, ...]] = {
    "en": (
        "january jan", "february feb febr", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
        "september sept sep", "october oct", "november nov", "december dec",
    ),
    "es": (
        "enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun", "julio jul", "agosto ago",
        "septiembre setiembre sept sep", "octubre oct", "noviembre nov", "diciembre dic",
    ),
    "fr": (
        "janvier janv", "février fevrier févr fevr fév fev", "mars", "avril avr", "mai", "juin", "juillet juil",
        "août aout", "septembre sept", "octobre oct", "novembre nov", "décembre decembre déc dec",
    ),
    "de": (
        "januar jänner jän", "februar feber feb", "märz maerz mär mrz", "april apr", "mai", "juni jun", "juli jul",
        "august aug", "september sept", "oktober okt", "november nov", "dezember dez",
    ),
    "pt": (
        "janeiro jan", "fevereiro fev", "março marco mar", "abril abr", "maio", "junho jun", "julho jul",
        "agosto ago", "setembro", "outubro", "novembro nov", "dezembro dez",
    ),
}  # fmt: skip
RISKY_MONTHS = {"set": 9, "out": 10}
"""Portuguese abbreviations that are English words: months only directly behind a day, and before no further words."""

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": (
        "monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri",
        "saturday sat", "sunday sun",
    ),
    "es": ("lunes", "martes", "miércoles miercoles", "jueves", "viernes", "sábado sabado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "de": ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag sonnabend", "sonntag"),
    "pt": (
        "segunda-feira segunda", "terça-feira terca-feira terça terca", "quarta-feira quarta", "quinta-feira quinta",
        "sexta-feira sexta", "sábado", "domingo",
    ),
}  # fmt: skip
SHORT_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "es": ("lun", "", "mié mie miér", "jue", "vie", "sáb sab", "dom"),
    "fr": ("lun", "", "mer merc", "jeu", "ven vend", "sam", "dim"),
    "de": ("mo", "di", "mi", "do", "fr", "sa", "so"),
    "pt": ("seg", "ter", "qua", "qui", "sex", "sáb", "dom"),
}
"""Abbreviations that are words of another language: weekdays only directly before a number."""

PLURAL_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"),
    "es": ("", "", "", "", "", "sábados sabados", "domingos"),
    "fr": ("lundis", "mardis", "mercredis", "jeudis", "vendredis", "samedis", "dimanches"),
    "de": ("montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags sonnabends", "sonntags"),
    "pt": (
        "segundas-feiras segundas", "terças-feiras terças", "quartas-feiras quartas", "quintas-feiras quintas",
        "sextas-feiras sextas", "sábados", "domingos",
    ),
}  # fmt: skip

ORDINALS: dict[str, dict[int, str]] = {
    "en": {1: "first 1st", 2: "second 2nd", 3: "third 3rd", 4: "fourth 4th", 5: "fifth 5th", -1: "last"},
    "es": {
        1: "primer primero primera", 2: "segundo segunda", 3: "tercer tercero tercera", 4: "cuarto cuarta",
        5: "quinto quinta", -1: "último última ultimo ultima",
    },
    "fr": {
        1: "premier première 1er 1re", 2: "deuxième second seconde 2e 2ème", 3: "troisième 3e 3ème",
        4: "quatrième 4e 4ème", 5: "cinquième 5e 5ème", -1: "dernier dernière",
    },
    "de": {
        1: "erster ersten erste", 2: "zweiter zweiten zweite", 3: "dritter dritten dritte",
        4: "vierter vierten vierte", 5: "fünfter fünften fünfte", -1: "letzter letzten letzte",
    },
    "pt": {
        1: "primeiro primeira", 2: "segundo segunda", 3: "terceiro terceira", 4: "quarto quarta", 5: "quinto quinta",
        -1: "último última",
    },
}  # fmt: skip

CLOCK_WORDS: dict[str, tuple[int, int]] = {
    "noon": (12, 0), "midday": (12, 0), "midnight": (0, 0), "mediodía": (12, 0), "medianoche": (0, 0),
    "midi": (12, 0), "minuit": (0, 0), "mittags": (12, 0), "mitternacht": (0, 0), "meio-dia": (12, 0),
    "meia-noite": (0, 0),
}  # fmt: skip
MIDNIGHT = frozenset(("midnight", "medianoche", "minuit", "mitternacht", "meia-noite"))

TODAY = _words("today tonight hoy heute hoje aujourd'hui aujourd’hui") | {
    "this evening", "this afternoon", "this morning", "esta noche", "esta tarde", "ce soir", "cet après-midi",
    "esta noite",
}  # fmt: skip
TOMORROW = _words("tomorrow mañana demain morgen amanhã")
AFTER_TOMORROW = {
    "day after tomorrow",
    "the day after tomorrow",
    "pasado mañana",
    "après-demain",
    "übermorgen",
    "depois de amanhã",
}
PARTS_OF_DAY = {
    "night", "evening", "afternoon", "morning", "abend", "nachmittag", "früh", "vormittag", "soir", "matin",
    "après-midi", "por la noche", "por la tarde", "por la mañana", "à noite", "à tarde", "de manhã",
}  # fmt: skip
"""Behind such a word; the hours say it more exactly."""
NEXT = _words("next this coming próximo próxima proximo nächsten nächster nächste kommenden")
"""Before a weekday; “prochain” and “que viene” stand behind it."""

EXCEPT: tuple[str, ...] = (
    "except", "except for", "excepting", "excluding", "apart from", "other than", "with the exception of", "skipping",
    "excepto", "salvo", "menos", "a excepción de", "con excepción de",
    "sauf", "excepté", "hormis", "hors", "à l'exception de", "à l’exception de", "à l'exception du", "à l’exception du",
    "außer", "ausser", "ausgenommen", "mit Ausnahme von", "mit Ausnahme vom", "bis auf",
    "exceto", "com exceção de", "com exceção do", "à exceção de", "à exceção do",
)  # fmt: skip
"""Before what is left out of a rule."""

PLACE_WORDS = _words("""
    barn bookshop bridge building cafe café campus center centre chapel church cinema clinic club college common
    commons court courthouse farm field fields gallery garden gardens green gym hall harbor harbour hotel house kitchen
    library market meadow mill mosque museum office park pavilion pier playground plaza pool pub quay restaurant river
    room rooms school shop square stadium station street studio synagogue temple theater theatre university village
    wharf workshop yard
    biblioteca ayuntamiento iglesia plaza parque museo teatro escuela centro casa mercado
    bibliothèque mairie église salle théâtre école parc musée gymnase
    bibliothek rathaus kirche museum theater schule park saal halle turnhalle marktplatz bürgerhaus gemeindehaus
    bücherei gasthaus jugendzentrum kulturzentrum feuerwehrhaus
    praça igreja museu escola câmara salão mercado""")
"""A last part after a comma, or what follows “at”, is a place when it ends with one of these."""
PLACE_BEGINS = _words("""
    biblioteca ayuntamiento iglesia plaza parque museo teatro escuela centro casa mercado calle sala salón
    bibliothèque mairie église salle théâtre école parc musée gymnase place maison centre rue
    rathaus marktplatz haus saal praça igreja museu escola câmara salão rua auditório pavilhão""")
"""In other languages the kind of place stands first: “sala de actos”, “salle des fêtes”, “Haus der Jugend”."""
