"""What is set: `KEY=VALUE` as people write it, or a key with its value as a program sends it, whose lists are lists."""

from __future__ import annotations

from collections.abc import Callable

from newsletter.errors import NewsletterError

Value = str | list[str]
Pair = str | tuple[str, Value]


def key_and_value(pair: Pair, *, example: str) -> tuple[str, Value]:
    """The two of a pair, without space around. Raises NewsletterError with an example."""
    if isinstance(pair, str):
        key, equals, value = pair.partition("=")
        if not equals:
            raise NewsletterError(f"Write “{pair}” as KEY=VALUE, for example {example}.", where=pair)
        return key, value.strip()
    key, given = pair
    return key, given.strip() if isinstance(given, str) else [one.strip() for one in given]


def parts(value: Value, split: Callable[[str], list[str]] = lambda text: text.split(",")) -> tuple[str, ...]:
    """A list of names, each once: a text is split at its commas, a list holds what it holds."""
    found = split(value) if isinstance(value, str) else value
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))
