"""What the command line does and what the API does are the same: every command and every option is somewhere there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from newsletter.cli.main import app as command_line
from newsletter.web.api.app import application, described
from newsletter.web.api.guide import ELSEWHERE, GROUPS, LEFT

GLOBAL = {"workspace", "publication", "json", "version", "help"}
NAMED = {
    # an option or argument of the command line -> what a program says in its place
    "if_version": "If-Match",
    "after": "cursor",
    "yes": "sure",
    "issue": "issue",
    "block": "block",
    "number": "issue",
    "out": "",  # the answer itself
    "file": "",
    "email": "email",
    "reader": "email",
    "picture": "url",
    "what": "url",
    "where": "url",
    "page": "url",
    "given": "variables",
    "everything": "all",
    "before": "day_before",
    "in_section": "section",
    "with": "with",
    "most": "max",
    "from_": "from",
    "resend": "decision",
    "assume_sent": "decision",
    "pin": "pinned",
    "hide": "hidden",
    "keep_out": "keep_out",
    "content": "text",
    "new_name": "name",
    "to": "to",
    "tag": "tags",
    "rule": "cadence",
    "delivery": "deliveries",
    "approve_first": "approve",
    "open_text": "open",
    "first": "from",
    "last": "until",
    "origin": "from",
    "join": "with",
    "dry_run": "",  # an address, or a parameter, of its own
    "history": "",
    "at": "at",
    "more": "to",
    "events": "event",
    "values": "",  # the fields of the body
    "days": "day",
    "other": "publication",
    "port": "",
    "watch": "",
}


def leaves(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that does something: its words, and what it takes."""
    for name, one in getattr(command, "commands", {}).items():
        words = f"{path} {name}".strip()
        if getattr(one, "commands", None):
            yield from leaves(one, words)
        else:
            yield words, one


COMMANDS = dict(leaves(typer.main.get_command(command_line)))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return described(application())


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def told(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """The operations of each command, as their descriptions name it between backticks."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, method, one in operations(document):
        for said in re.findall(r"`([a-z][^`]*)`", one["description"]):
            words = [word.split("|") for word in re.split(r"[ …]+", said) if re.fullmatch(r"[a-z|]+", word)]
            every = [""]
            for choices in words:
                every = [f"{begun} {choice}".strip() for begun in every for choice in choices]
            for command in every:
                found.setdefault(command, []).append((path, method, one))
    return found


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_its_operation_or_a_reason_why_not(command: str, document: dict[str, Any]) -> None:
    assert (command in told(document)) != (command in LEFT), command


def names_in(document: dict[str, Any], path: str, one: dict[str, Any]) -> set[str]:
    """All that an operation takes, by name."""
    names = {given["name"] for given in one.get("parameters", ())} | set(re.findall(r"{(\w+)}", path))
    for content in one.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        refs = [schema, *schema.get("anyOf", ())]
        for ref in refs:
            found = document["components"]["schemas"][ref["$ref"].rpartition("/")[2]] if "$ref" in ref else ref
            names |= set(found.get("properties", {}))
    return names


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - set(LEFT)))
def test_every_option_of_a_command_can_be_said_to_the_api(command: str, document: dict[str, Any]) -> None:
    known = {name.casefold() for path, _, one in told(document)[command] for name in names_in(document, path, one)}
    lacking = []
    for parameter in COMMANDS[command].params:
        name = parameter.name
        options = {one.lstrip("-").replace("-", "_") for one in parameter.opts}
        if name in GLOBAL or any(f"{command} --{one.replace('_', '-')}" in ELSEWHERE for one in options):
            continue
        meant = {name, *options, NAMED.get(name, name)}
        if "" not in meant and not known & {one.casefold() for one in meant} and not _by_place(name, known):
            lacking.append(name)
    assert not lacking, f"{command}: {lacking}; known: {sorted(known)}"


def _by_place(name: str, known: set[str]) -> bool:
    """What the command line names by its id, an address of the API names by its place in the path."""
    return name in ("ids", "items", "name", "section", "source", "theme") and bool(
        known & {"item", "ids", "items", "theme", "section", "source", "name"}
    )


def test_what_is_left_out_is_there_and_says_why() -> None:
    assert set(LEFT) <= set(COMMANDS)
    for option, why in {**ELSEWHERE, **LEFT}.items():
        assert why.endswith("."), option
    for option in ELSEWHERE:
        command, _, name = option.rpartition(" ")
        assert any(name in one.opts for one in COMMANDS[command].params), option


def test_each_operation_is_in_one_group_that_is_described(document: dict[str, Any]) -> None:
    groups = {one.name for one in GROUPS}
    for path, method, one in operations(document):
        assert len(one["tags"]) == 1, (path, method)
        assert one["tags"][0] in groups, (path, method)
    assert groups == {one["tags"][0] for *_, one in operations(document)}


def test_each_operation_says_what_it_answers(document: dict[str, Any]) -> None:
    for path, method, one in operations(document):
        good = [answer for code, answer in one["responses"].items() if code.startswith("2")]
        assert len(good) == 1, (path, method)
        (media, content), *_rest = good[0]["content"].items()
        if media == "application/json":
            assert "Json" in str(content["schema"]), (path, method)
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("Json"):
            assert schema.get("description") or name in ("PublicationJson", "StandingJson"), name


def test_long_lists_come_in_pages_everywhere(document: dict[str, Any]) -> None:
    for path, method, one in operations(document):
        schema = one["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if method == "get" and schema.get("type") == "array" and path != "/doctor":
            assert {"limit", "cursor"} <= {given["name"] for given in one["parameters"]}, path
