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
