"""The few words of ours that stand in an issue, by language."""

from __future__ import annotations

from typing import Any

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "image": "Image",
        "issue": "Issue",
        "calendar": "Calendar",
        "when": "When",
        "what": "What",
        "until": "Until",
        "online": "Online",
        "and_online": "and online",
        "contact": "Contact",
        "also_in": "Also in",
        "this_week": "This week",
        "add": "Add to calendar",
        "ics": ".ics file",
        "page": "Page",
        "all_dates": "All dates on one page",
        "subscribe": "Subscribe to the calendar (.ics)",
        "cancelled": "Cancelled",
        "over": "over",
        "why": "You get this letter because you signed up for it.",
        "unsubscribe": "Unsubscribe",
        "in_browser": "Read in your browser",
        "older": "Older issue",
        "newer": "Newer issue",
        "all_issues": "All issues",
    },
    "de": {
        "image": "Bild",
        "issue": "Ausgabe",
        "calendar": "Kalender",
        "when": "Wann",
        "what": "Was",
        "until": "Bis",
        "online": "Online",
        "and_online": "und online",
        "contact": "Kontakt",
        "also_in": "Auch bei",
        "this_week": "Diese Woche",
        "add": "In den Kalender",
        "ics": ".ics-Datei",
        "page": "Seite",
        "all_dates": "Alle Termine auf einer Seite",
        "subscribe": "Kalender abonnieren (.ics)",
        "cancelled": "Abgesagt",
        "over": "vorbei",
        "why": "Sie erhalten diesen Brief, weil Sie ihn bestellt haben.",
        "unsubscribe": "Abbestellen",
        "in_browser": "Im Browser lesen",
        "older": "Ältere Ausgabe",
        "newer": "Neuere Ausgabe",
        "all_issues": "Alle Ausgaben",
    },
    "fr": {
        "image": "Image",
        "issue": "Numéro",
        "calendar": "Agenda",
        "when": "Quand",
        "what": "Quoi",
        "until": "Jusqu’au",
        "online": "En ligne",
        "and_online": "et en ligne",
        "contact": "Contact",
        "also_in": "Aussi dans",
        "this_week": "Cette semaine",
        "add": "Ajouter à l’agenda",
        "ics": "fichier .ics",
        "page": "Page",
        "all_dates": "Toutes les dates sur une page",
        "subscribe": "S’abonner à l’agenda (.ics)",
        "cancelled": "Annulé",
        "over": "terminé",
        "why": "Vous recevez cette lettre parce que vous vous y êtes abonné.",
        "unsubscribe": "Se désabonner",
        "in_browser": "Lire dans le navigateur",
        "older": "Numéro précédent",
        "newer": "Numéro suivant",
        "all_issues": "Tous les numéros",
    },
    "es": {
        "image": "Imagen",
        "issue": "Número",
        "calendar": "Agenda",
        "when": "Cuándo",
        "what": "Qué",
        "until": "Hasta",
        "online": "En línea",
        "and_online": "y en línea",
        "contact": "Contacto",
        "also_in": "También en",
        "this_week": "Esta semana",
        "add": "Añadir al calendario",
        "ics": "archivo .ics",
        "page": "Página",
        "all_dates": "Todas las fechas en una página",
        "subscribe": "Suscribirse al calendario (.ics)",
        "cancelled": "Cancelado",
        "over": "ya pasó",
        "why": "Recibe esta carta porque se suscribió a ella.",
        "unsubscribe": "Darse de baja",
        "in_browser": "Leer en el navegador",
        "older": "Número anterior",
        "newer": "Número siguiente",
        "all_issues": "Todos los números",
    },
    "pt": {
        "image": "Imagem",
        "issue": "Edição",
        "calendar": "Agenda",
        "when": "Quando",
        "what": "O quê",
        "until": "Até",
        "online": "Online",
        "and_online": "e online",
        "contact": "Contato",
        "also_in": "Também em",
        "this_week": "Esta semana",
        "add": "Adicionar à agenda",
        "ics": "arquivo .ics",
        "page": "Página",
        "all_dates": "Todas as datas em uma página",
        "subscribe": "Assinar a agenda (.ics)",
        "cancelled": "Cancelado",
        "over": "já passou",
        "why": "Você recebe esta carta porque se inscreveu nela.",
        "unsubscribe": "Cancelar inscrição",
        "in_browser": "Ler no navegador",
        "older": "Edição anterior",
        "newer": "Edição seguinte",
        "all_issues": "Todas as edições",
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
