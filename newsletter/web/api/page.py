"""The description of the API as its page shows it: groups of operations, and the shapes of what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}
_FORMATS = {"date-time": "time", "date": "date", "binary": "file"}


@dataclass(frozen=True)
class Field:
    """A field of a request or an answer."""

    name: str
    kind: str
    """In words, as `list of text`; the name of a shape where it has one."""
    shape: str | None
    required: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """One operation."""

    method: str
    path: str
    scope: str
    """Of the token that it needs."""
    about: str
    asked: tuple[Field, ...]
    """In the address."""
    bodies: tuple[tuple[str, tuple[Field, ...]], ...]
    """What the body may be: its media type, and its fields."""
    answer: Field
    """What comes back: its kind is a shape in words, or a media type."""


@dataclass(frozen=True)
class Group:
    """Operations that belong together, with one of them as a call."""

    name: str
    about: str
    example: str
    operations: tuple[Operation, ...]


def groups_of(document: Mapping[str, Any]) -> list[Group]:
    """The operations by their group, in the order of the groups."""
    found = [
        _operation(document, path, method, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    tags = [one["tags"][0] for methods in document["paths"].values() for one in methods.values()]
    return [
        Group(
            tag["name"],
            tag["description"],
            tag["x-example"],
            tuple(one for one, name in zip(found, tags, strict=True) if name == tag["name"]),
        )
        for tag in document["tags"]
    ]


def shapes_of(document: Mapping[str, Any]) -> list[tuple[str, str, tuple[Field, ...]]]:
    """What answers are made of: name, what it is, and its fields."""
    return [
        (_named(name), schema.get("description", ""), fields_of(schema, document["components"]["schemas"]))
        for name, schema in sorted(document["components"]["schemas"].items())
        if name.endswith("Json") or name == "Problem"
    ]


def fields_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, null: bool = True) -> tuple[Field, ...]:
    """The fields of an object."""
    required = schema.get("required", ())
    return tuple(
        Field(name, *kind_of(one, schemas, null=null), name in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )


def kind_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, null: bool = True) -> tuple[str, str | None]:
    """What a value is, in words, and the shape in it, where it has one. Without `null`, that it may be left out."""
    if ref := schema.get("$ref"):
        name = ref.rpartition("/")[2]
        return (_named(name), _named(name)) if name.endswith("Json") else kind_of(schemas[name], schemas)
    if options := schema.get("anyOf"):
        kinds = [kind_of(one, schemas) for one in options if null or one.get("type") != "null"]
        told = dict.fromkeys(words for words, _ in kinds)
        return " or ".join(told), next((shape for _, shape in kinds if shape), None)
    if schema.get("type") == "array":
        words, shape = kind_of(schema.get("items", {}), schemas)
        return f"list of {words}", shape
    if schema.get("type") == "object" and isinstance(inner := schema.get("additionalProperties"), dict):
        words, shape = kind_of(inner, schemas)
        return f"{words} by name", shape
    if "enum" in schema or "const" in schema:
        return " | ".join(map(str, schema.get("enum", [schema.get("const")]))), None
    known = _FORMATS.get(schema.get("format", "")) or _WORDS.get(schema.get("type", ""))
    return known or schema.get("type", "anything"), None


def _named(name: str) -> str:
    return name.removesuffix("Json")


def _operation(document: Mapping[str, Any], path: str, method: str, one: Mapping[str, Any]) -> Operation:
    schemas = document["components"]["schemas"]
    asked = [
        Field(
            given["name"],
            *kind_of(given["schema"], schemas, null=False),
            given.get("required", False),
            given.get("description", ""),
        )
        for given in one.get("parameters", ())
        if given["name"] not in ("publication", "cursor") and given["in"] != "header"
    ]
    bodies = []
    for media, content in one.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        ref = schema.get("$ref") or next((each["$ref"] for each in schema.get("anyOf", ()) if "$ref" in each), "")
        bodies.append((media, fields_of(schemas[ref.rpartition("/")[2]] if ref else schema, schemas, null=False)))
    good = next(answer for code, answer in one["responses"].items() if code.startswith("2"))
    media, content = next(iter(good.get("content", {"": {}}).items()))
    words, shape = kind_of(content.get("schema", {}), schemas) if media == "application/json" else (media, None)
    return Operation(
        method.upper(),
        path,
        one["x-scope"],
        one.get("description", ""),
        tuple(asked),
        tuple(bodies),
        Field("", words, shape, True, ""),
    )
