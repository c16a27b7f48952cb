"""The sentences of the rooms below the desk, as templates to translate: found in their code.

The rooms speak English, and know nothing of languages: they raise `NewsletterError(f"Issue {number} is gone.")`, or
keep a reason in a row. Here every such text is read from the syntax tree, an f-string with its values as named
placeholders (`Issue {number} is gone.`), so that a catalogue can say it in another language (`web/retold.py`).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from newsletter.render.themes import shipped_templates

HERE = Path(__file__).parent.parent
ROOMS = (
    "audience",
    "collect",
    "events",
    "model",
    "net",
    "queue",
    "render",
    "schedule",
    "send",
    "store",
    "text",
    "track",
    "workflows",
)
SPEAKS_TO_OTHERS = (
    "collect/months.py",
    "events/cities.py",
    "events/languages.py",
    "events/openness.py",
    "events/rule_words.py",
    "events/words.py",
    "render/archived.py",
    "render/words.py",
    "schedule/telling.py",
    "store/migrations/",
    "store/schema/",
    "workflows/archive.py",
    "workflows/demo.py",
    "workflows/demo_servers.py",
    "workflows/sample/",
    "workflows/theme_watch.py",
    "workflows/told.py",
    "workflows/workspace.py",
)
"""Words of readers' pages, mails and terminals, of calendars in many languages, and of SQL."""
_NOT_SAID = frozenset(
    {
        "Alert",
        "Condition",
        "any",
        "change",
        "compile",
        "exec_driver_sql",
        "execute",
        "lazily",
        "mend",
        "mend_text",
        "replace",
        "say",
        "send_header",
        "startswith",
        "text",
        "write_text",
        "xpath",
        "_each",
        "_ordinals",
        "_outline",
        "_words",
        "debug",
        "info",
        "log",
        "exception",
        "set_config",
        "to_char",
        "copy_expert",
    }
)
"""What is given to these calls is a pattern, a query, a line of the log or the name of a change."""
_TABLES = frozenset({"COLUMNS"})
_CODE = re.compile(
    r"\\|\(\?|\r|\x00|^<|^--|^//|^#|^https?:|ancestor::|//@|^/\*|YYYY|^newsletter |"
    r"^(?:SELECT|DELETE|INSERT|UPDATE|PRAGMA|SET|BEGIN|ANALYZE|SHOW|CREATE|REPEATABLE|MAIL FROM|RCPT TO|MIME-Version|"
    r"List-Unsubscribe|List-Id|Reply-To|Content-Type|To:|FREQ=)|^\(|\w/\w+[;,] "
    r"|rel=|import |^application/|&ensp|=smaller|\|.*\|.*\||^gzip, |^by hand \{|"
    r"^newsletter-desk/|^\{\{name\}\}|^\{\w+\} on \{\w+\} in \{\w+\}$"
)
_WORD = re.compile(r"[A-Za-z]{2,}")


WORDS = (
    "HTML and the text",
    "No space left on device",
    "No such file or directory",
    "Permission denied",
    "Read-only file system",
    "a link",
    "a number",
    "alternative text",
    "alt",
    "and {count} more",
    ", because {reason}",
    "back",
    "blurb",
    "calendar",
    "day",
    "days",
    "erased",
    "forward",
    "headline",
    "image",
    "items",
    "link",
    "nothing",
    "outlet",
    "preheader",
    "section",
    "subject",
    "suppressed",
    "tag",
    "teaser",
    "text",
    "the HTML part",
    "the sender",
    "the subject",
    "the text part",
    "timed out",
    "title",
    "to",
    "url",
)
"""What stands for a value in these sentences and is no sentence itself."""


def found() -> Iterator[tuple[str, str]]:
    """Every template, in the format of `str.format`, with the file in which it stands."""
    yield from ((word, "sentences.py") for word in WORDS)
    yield from in_themes()
    files = [path for room in ROOMS for path in (HERE / room).rglob("*.py")]
    for path in sorted([*files, *HERE.glob("*.py")]):
        where = path.relative_to(HERE).as_posix()
        if not where.startswith(SPEAKS_TO_OTHERS):
            yield from ((one, where) for one in in_source(path.read_text(encoding="utf-8")))


def in_themes() -> Iterator[tuple[str, str]]:
    """What the themes that we ship say of themselves and of their variables."""
    for path in sorted(shipped_templates().glob("*/theme.toml")):
        theme = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = [one for one in theme.get("variables", {}).values() if isinstance(one, dict)]
        for said in (theme.get("description"), *(one.get("label") for one in tables)):
            if said:
                yield str(said).replace("{", "{{").replace("}", "}}"), f"templates/{path.parent.name}/theme.toml"


def in_source(source: str) -> Iterator[str]:
    """The templates of a file."""
    tree = ast.parse(source)
    above = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) or _is_part(node, above):
            continue
        template = template_of(node)
        assigned = above.get(id(node))
        if (
            isinstance(node, ast.Constant)
            and isinstance(assigned, ast.Assign)
            and f"{ast.unparse(assigned.targets[0])}.format(" in source
        ):
            template = str(ast.literal_eval(node))
        if template and is_prose(template) and _is_said(node, above):
            yield template


def is_prose(template: str) -> bool:
    """Whether it is for people: two words or more beside its values, and no code."""
    literal = re.sub(r"(?<!\{)\{\w+\}", "…", template)
    words = _WORD.findall(literal)
    return (
        " " in literal.strip()
        and (len(words) > 1 or (len(words) == 1 and "…" in literal and literal.endswith(".")))
        and not all(word.isupper() for word in words)
        and not _CODE.search(template)
    )


def template_of(node: ast.expr) -> str:
    """The text of an expression with its values as placeholders; empty where it is no text."""
    names: dict[str, str] = {}
    return _template(node, names).strip() if _is_text(node) else ""


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _template(node: ast.expr, names: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{", "{{").replace("}", "}}")
        case ast.JoinedStr(values=parts):
            return "".join(_template(part, names) for part in parts)
        case ast.FormattedValue():
            return _placeholder(node, names)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _template(left, names) + _template(right, names)
    return _placeholder(node, names)


def _placeholder(value: ast.expr, names: dict[str, str]) -> str:
    source = ast.unparse(value)
    if source not in names:
        wanted = re.sub(r"\W", "", _name(value)).strip("_").lower() or "value"
        number = 1 + sum(re.fullmatch(rf"{wanted}\d*", one) is not None for one in names.values())
        names[source] = wanted if number == 1 else f"{wanted}{number}"
    return f"{{{names[source]}}}"


def _name(node: ast.expr) -> str:
    """What a value is called: the last name that says what it is."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(attr="join"), args=[first, *_]):
            return _name(first)
        case ast.Call(func=ast.Attribute(value=ast.expr() as owner, attr=how)) if not node.args or how == "rstrip":
            return _name(owner)
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=called):
            return _name(called)
        case ast.Subscript(value=ast.expr() as owner) | ast.Starred(value=owner):
            return _name(owner)
        case ast.BinOp(left=ast.expr() as first) | ast.BoolOp(values=[first, *_]):
            return _name(first)
        case ast.GeneratorExp(elt=ast.expr() as first) | ast.ListComp(elt=first) | ast.JoinedStr(values=[first, *_]):
            return _name(first)
        case ast.FormattedValue(value=ast.expr() as first) | ast.IfExp(test=first) | ast.Compare(left=first):
            return _name(first)
    return "value"


def _is_part(node: ast.AST, above: dict[int, ast.AST]) -> bool:
    """Part of a text that is told as a whole, or a docstring, or what a key or a format says."""
    parent = above.get(id(node))
    if isinstance(parent, ast.FormattedValue) and parent.format_spec is node:
        return True
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add) and _is_text(parent):
        return True
    if isinstance(parent, ast.Dict):
        return any(node is key for key in parent.keys)
    return isinstance(
        parent, ast.JoinedStr | ast.Expr | ast.Compare | ast.Set | ast.Subscript | ast.Attribute | ast.Assert
    )


def _is_said(node: ast.AST, above: dict[int, ast.AST]) -> bool:
    """Not if it is given to a call that speaks to nobody, or names where an error was or its code."""
    one: ast.AST | None = node
    while one is not None and not isinstance(one, ast.stmt):
        parent = above.get(id(one))
        if isinstance(parent, ast.keyword) and parent.arg in ("where", "code", "help", "subject"):
            return False
        if isinstance(parent, ast.Call) and one is not parent.func:
            called = parent.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            on = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
            return name not in _NOT_SAID and on != "log"
        one = parent
    target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
    return getattr(target, "id", "") not in _TABLES
