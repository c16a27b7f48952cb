"""The few words of ours that stand in an issue, by language."""

from __future__ import annotations

from typing import Any

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "issue": "Issue",
        "calendar": "Calendar",
        "when": "When",
        "what": "What",
        "until": "Until",
        "online": "Online",
        "and_online": "and online",
        "contact": "Contact",
        "this_week": "This week",
        "add": "Add to calendar",
        "ics": ".ics file",
        "page": "Page",
        "all_dates": "All dates on one page",
        "subscribe": "Subscribe to the calendar (.ics)",
        "why": "You get this letter because you signed up for it.",
        "unsubscribe": "Unsubscribe",
    },
    "de": {
        "issue": "Ausgabe",
        "calendar": "Kalender",
        "when": "Wann",
        "what": "Was",
        "until": "Bis",
        "online": "Online",
        "and_online": "und online",
        "contact": "Kontakt",
        "this_week": "Diese Woche",
        "add": "In den Kalender",
        "ics": ".ics-Datei",
        "page": "Seite",
        "all_dates": "Alle Termine auf einer Seite",
        "subscribe": "Kalender abonnieren (.ics)",
        "why": "Sie erhalten diesen Brief, weil Sie ihn bestellt haben.",
        "unsubscribe": "Abbestellen",
    },
    "fr": {
        "issue": "Numéro",
        "calendar": "Agenda",
        "when": "Quand",
        "what": "Quoi",
        "until": "Jusqu’au",
        "online": "En ligne",
        "and_online": "et en ligne",
        "contact": "Contact",
        "this_week": "Cette semaine",
        "add": "Ajouter à l’agenda",
        "ics": "fichier .ics",
        "page": "Page",
        "all_dates": "Toutes les dates sur une page",
        "subscribe": "S’abonner à l’agenda (.ics)",
        "why": "Vous recevez cette lettre parce que vous vous y êtes abonné.",
        "unsubscribe": "Se désabonner",
    },
    "es": {
        "issue": "Número",
        "calendar": "Agenda",
        "when": "Cuándo",
        "what": "Qué",
        "until": "Hasta",
        "online": "En línea",
        "and_online": "y en línea",
        "contact": "Contacto",
        "this_week": "Esta semana",
        "add": "Añadir al calendario",
        "ics": "archivo .ics",
        "page": "Página",
        "all_dates": "Todas las fechas en una página",
        "subscribe": "Suscribirse al calendario (.ics)",
        "why": "Recibe esta carta porque se suscribió a ella.",
        "unsubscribe": "Darse de baja",
    },
    "pt": {
        "issue": "Edição",
        "calendar": "Agenda",
        "when": "Quando",
        "what": "O quê",
        "until": "Até",
        "online": "Online",
        "and_online": "e online",
        "contact": "Contato",
        "this_week": "Esta semana",
        "add": "Adicionar à agenda",
        "ics": "arquivo .ics",
        "page": "Página",
        "all_dates": "Todas as datas em uma página",
        "subscribe": "Assinar a agenda (.ics)",
        "why": "Você recebe esta carta porque se inscreveu nela.",
        "unsubscribe": "Cancelar inscrição",
    },
}


def primary(language: str) -> str:
    """The language of a BCP 47 tag without its region: `pt` of `pt-BR`."""
    return language.replace("_", "-").split("-")[0].lower()


def direction(language: str) -> str:
    """`rtl` or `ltr`, as the attribute `dir` wants it."""
    return "rtl" if primary(language) in RIGHT_TO_LEFT else "ltr"


def words(language: str) -> dict[str, Any]:
    """Our words in a language; English where nobody has translated them."""
    return dict(WORDS.get(primary(language), WORDS["en"]))
