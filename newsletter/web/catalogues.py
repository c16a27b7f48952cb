"""What there is to translate, and the catalogues brought up to date: `python -m newsletter.web.catalogues`.

Strings are found in the pages (`_`, `ngettext`) and in the Python files beside them: the same calls, and the constant
sentences that `back` says after a form or an error tells. What the rooms below say is found by `web/sentences.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from newsletter.model.delivery import DeliveryState
from newsletter.model.event import EventStatus
from newsletter.model.issue import IssueState
from newsletter.model.item import Triage
from newsletter.model.source import SourceKind, SourceStatus
from newsletter.model.subscriber import Consent
from newsletter.model.user import Role
from newsletter.web import sentences
from newsletter.web.languages import FOLDER, NAMES, SOURCE

HERE = Path(__file__).parent
_ERRORS = frozenset({"NewsletterError", "NotFound", "Refused", "Conflict"})
STATES = (IssueState, DeliveryState, Consent, EventStatus, Triage, Role, SourceKind, SourceStatus)
"""Their values are words that pages show: `_(issue.state.value)`."""
_KEYWORDS = ("_", "gettext", "ngettext")

Message = str | tuple[str, str]


def found() -> Iterator[tuple[Message, str]]:
    """Every string there is to translate, with the file in which it stands."""
    yield from ((one.value, "model") for states in STATES for one in states)
    for path in sorted((HERE / "pages").glob("*.j2")):
        yield from ((message, path.name) for message in in_page(path))
    for path in sorted(HERE.glob("*.py")):
        yield from ((message, path.name) for message in _in_python(path))


def in_page(path: Path) -> Iterator[Message]:
    """The strings of a template."""
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    with path.open("rb") as file:
        for _line, function, message, _comments in babel_extract(file, _KEYWORDS, (), options):
            texts = (message,) if isinstance(message, str) or message is None else message
            if function == "ngettext" and texts[0] and texts[1]:
                yield (texts[0], texts[1])
            elif texts[0]:  # none: a variable, whose words are named where it comes from
                yield texts[0]


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        texts = [
            one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in node.args
        ]
        if name in ("_", "gettext") and texts and texts[0]:
            yield texts[0]
        elif name == "ngettext" and len(texts) > 1 and texts[0] and texts[1]:
            yield (texts[0], texts[1])
        elif name in _ERRORS and texts and texts[0]:
            yield texts[0]
        elif name == "back" and len(texts) > 2 and texts[2]:
            yield texts[2]


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def path_of(language: str, domain: str = "desk") -> Path:
    """The file of a language: `desk` for the desk itself, `rooms` for what the rooms below it say."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def template() -> Catalog:
    """Every string of the desk."""
    catalog = Catalog()
    for message, where in found():
        flags: Any = ["python-format"] if "%(" in (message if isinstance(message, str) else message[0]) else []
        catalog.add(message, locations=[(where, None)], flags=flags)  # type: ignore[list-item]
    return catalog


def template_of_rooms() -> Catalog:
    """Every sentence of the rooms below."""
    catalog = Catalog()
    for sentence, where in sentences.found():
        catalog.add(sentence, locations=[(where, None)])  # type: ignore[list-item]
    return catalog


def _fresh(language: str) -> Catalog:
    header = "# The desk in another language; brought up to date by python -m newsletter.web.catalogues"
    return Catalog(locale=language, project="newsletter-desk", header_comment=header, fuzzy=False)


def update(path: Path, language: str, wanted: Catalog) -> None:
    """Bring a catalogue up to date: new strings are empty, those that are gone go."""
    catalog = _fresh(language)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    for one in NAMES:
        if one != SOURCE:
            update(path_of(one), one, template())
            update(path_of(one, "rooms"), one, template_of_rooms())
