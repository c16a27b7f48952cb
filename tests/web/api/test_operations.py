"""Operations at work: the rule of coming out, the digest, looks, files in and out, history, and the machine."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.model.item import ItemId
from newsletter.model.publication import Publication
from newsletter.settings import Settings
from newsletter.store import Store, audit, subscribers

from .conftest import Made, Program
from .test_api import is_problem

CSV = "email,name,town\nada@alderwick.example,Ada,Alderwick\nno address,Nobody,\nben@alderwick.example,Ben,\n"


def picture(side: int = 40) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(made, "PNG")
    return made.getvalue()


def upload(desk: Program, path: str, content: bytes, name: str, *, key: str = "", **fields: str) -> Any:
    headers = {"authorization": f"Bearer {desk.token}", **({"idempotency-key": key} if key else {})}
    return desk.client.post(f"/api{path}", files={"file": (name, content)}, data=fields, headers=headers)


def raw(desk: Program, path: str, content: bytes, kind: str) -> Any:
    headers = {"authorization": f"Bearer {desk.token}", "content-type": kind}
    return desk.client.post(f"/api{path}", content=content, headers=headers)


def test_the_cadence_with_its_holidays_and_a_schedule_by_it(program: Made, queue: list[ItemId]) -> None:
    desk = program()
    assert desk.get("/cadence").json() == {"cadence": None, "next": []}
    desk.post("/issues", {"title": "June"})
    desk.post("/issues/1/blocks", {"items": [queue[0]]})
    assert is_problem(desk.post("/issues/1/schedule", {"approve": True}), 422, "invalid")
    told = desk.ask("PUT", "/cadence", {"cadence": "Fri 09:00 America/New_York"}).json()
    assert told["next"][0] == "2026-11-27T09:00:00-05:00"
    assert is_problem(desk.ask("PUT", "/cadence", {"cadence": "never"}), 422, "cadence")
    added = desk.post("/cadence/holidays", {"days": ["2026-11-27", "2026-12-25"], "name": "Day of rest"}).json()
    assert added == [
        {"day": "2026-11-27", "name": "Day of rest", "moves": False},
        {"day": "2026-12-25", "name": "Day of rest", "moves": False},
    ]
    planned = desk.post("/issues/1/schedule", {"approve": True})
    assert planned.json()["schedule"]["at"] == "2026-12-04T09:00:00-05:00"
    assert [one["day"] for one in desk.ask("DELETE", "/cadence/holidays/2026-11-27").json()] == ["2026-12-25"]
    assert is_problem(desk.ask("DELETE", "/cadence/holidays"), 422, "invalid")
    assert desk.ask("DELETE", "/cadence/holidays?all=true").json() == []
    assert desk.ask("DELETE", "/cadence").json()["cadence"] is None


def test_a_digest_is_set_tried_and_made(program: Made, queue: list[ItemId]) -> None:
    desk = program()
    assert desk.get("/digest").json() == {"digest": None, "runs": []}
    assert is_problem(desk.get("/digest/trial"), 404, "no-digest")
    told = desk.patch("/digest", {"cadence": "daily 07:00", "most": 2, "sources": [1], "then": "wait"}).json()
    assert (told["digest"]["most"], told["digest"]["sources"], told["digest"]["then"]) == (2, [1], "wait")
    assert is_problem(desk.patch("/digest", {"most": 0}), 422, "invalid")
    assert len(desk.get("/digest/trial").json()["items"]) == 2
    made = desk.post("/digest/run").json()
    assert (made["outcome"], made["items"], made["issue"]) == ("made", 2, 1)
    assert desk.get("/digest").json()["runs"] == [made]
    assert desk.ask("DELETE", "/digest").json()["digest"] is None


def test_a_look_is_changed_and_a_theme_begun(program: Made, settings: Settings) -> None:
    desk = program()
    assert {"weekly", "digest", "letter"} <= {one["name"] for one in desk.get("/themes").json()}
    look = desk.patch("/themes/weekly/look", {"variables": {"accent": "#0b5345"}}).json()
    assert look["set"] == {"accent": "#0b5345"}
    assert "#0b5345" in desk.get("/themes/weekly/sample").json()["html"]
    assert desk.patch("/themes/weekly/look", {"variables": {"accent": None}}).json()["set"] == {}
    assert is_problem(desk.patch("/themes/weekly/look", {"variables": {"accent": "green"}}), 422, "variable")
    assert desk.post("/themes", {"name": "ours", "base": "letter"}).status_code == 201
    assert (settings.templates / "ours" / "theme.toml").is_file()
    assert is_problem(desk.get("/themes/theirs/check"), 404, "not-found")


def test_a_picture_comes_as_a_file_into_the_issue(program: Made, settings: Settings) -> None:
    desk = program()
    desk.post("/issues", {})
    added = upload(desk, "/issues/1/images", picture(), "weir.png", alt="The weir", caption="At noon.", at="1")
    assert added.status_code == 201, added.text
    (block,) = (one for part in added.json()["sections"] for one in part["blocks"] if one["kind"] == "image")
    assert (block["alt"], block["blurb"]) == ("The weir", "At noon.")
    assert (settings.workspace / "assets" / block["asset"]).is_file()
    assert added.headers["etag"] == f'"{added.json()["version"]}"'
    assert desk.client.get(f"/images/{block['asset']}").status_code == 200


def test_a_picture_that_is_sent_again_is_there_once(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    first, again = (upload(desk, "/issues/1/images", picture(), "weir.png", key="p-1", alt="The weir") for _ in "12")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = upload(desk, "/issues/1/images", picture(41), "weir.png", key="p-1", alt="The weir")
    assert is_problem(other, 422, "invalid")


@pytest.mark.parametrize(
    ("fields", "content", "status"),
    [
        ({}, picture(), 422),  # without words for those who do not see it
        ({"alt": "x"}, b"no picture", 422),
        ({"alt": "x", "at": "first"}, picture(), 422),
        ({"alt": "x", "colour": "red"}, picture(), 422),
        ({"alt": "x", "section": "Nowhere"}, picture(), 404),
    ],
)
def test_a_picture_that_cannot_be_used_leaves_the_issue_as_it_was(
    program: Made, fields: dict[str, str], content: bytes, status: int
) -> None:
    desk = program()
    before = desk.post("/issues", {}).json()
    answer = upload(desk, "/issues/1/images", content, "weir.png", **fields)
    assert is_problem(answer, status, answer.json()["code"])
    assert desk.get("/issues/1").json() == before


def test_a_file_of_this_machine_is_not_a_picture_for_programs(program: Made, tmp_path: Path) -> None:
    desk = program()
    desk.post("/issues", {})
    (tmp_path / "weir.png").write_bytes(picture())
    for address in (str(tmp_path / "weir.png"), f"file://{tmp_path}/weir.png", ""):
        answer = desk.post("/issues/1/images", {"url": address, "alt": "x"})
        assert is_problem(answer, 422, "invalid")
        assert answer.json()["where"] == "url"
    assert is_problem(raw(desk, "/issues/1/images", picture(), "image/png"), 415, "content-type")


def test_items_and_events_come_as_files(program: Made) -> None:
    desk = program()
    found = upload(desk, "/items/file", b"# The weir is mended\n\nIt holds.\n", "note.md")
    assert [one["title"] for one in found.json()] == ["The weir is mended"]
    assert is_problem(upload(desk, "/items/file", b"\x00", "note.exe"), 422, "invalid")
    table = b"title,date,place\nStreet fair,2026-12-05,Mill Street\n"
    told = upload(desk, "/events/import", table, "fairs.csv").json()
    assert [(one["title"], one["first_date"]) for one in told] == [("Street fair", "2026-12-05")]
    exported = desk.get("/events.ics")
    assert exported.headers["content-type"] == "text/calendar; charset=utf-8"
    again = upload(desk, "/events/import", exported.content, "ours.ics").json()
    assert [one["event"] for one in again] == [told[0]["event"]]


@pytest.mark.parametrize("as_form", [False, True])
def test_a_list_of_readers_is_tried_then_imported_then_exported(program: Made, as_form: bool) -> None:
    desk = program()

    def send(path: str) -> Any:
        if as_form:
            return upload(desk, path, CSV.encode(), "readers.csv")
        return raw(desk, path, CSV.encode(), "text/csv; charset=utf-8")

    expected = {"imported": 2, "updated": 0, "unchanged": 0, "suppressed": 0}
    tried = send("/subscribers/import?dry_run=true").json()
    assert {name: tried[name] for name in expected} == expected
    assert [(one["line"], one["email"]) for one in tried["rejected"]] == [(3, "no address")]
    assert desk.get("/subscribers").json() == []
    assert send("/subscribers/import").json() == tried
    assert send("/subscribers/import").json()["unchanged"] == 2
    exported = desk.get("/subscribers.csv")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert exported.text.splitlines()[0] == "email,name,tags,language,timezone,status,town"
    assert len(exported.text.splitlines()) == 3
    assert "readers.export" in {one["deed"] for one in desk.get("/audit").json()}


@pytest.mark.parametrize("content", [b"", b"name\nAda\n", b"\x00\x01\x02", b"email\n"])
def test_a_list_that_is_none_says_so_and_not_where_it_lay(program: Made, content: bytes) -> None:
    answer = raw(program(), "/subscribers/import", content, "text/csv")
    if content == b"email\n":
        assert answer.json()["imported"] == 0
        return
    assert is_problem(answer, 422, "invalid")
    assert "The list" in answer.json()["detail"]
    assert "/tmp" not in answer.text


def test_a_long_list_is_not_held_in_memory(
    program: Made, sqlite_store: Store, letter: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.requests import Request

    async def never(_: Request) -> bytes:
        raise AssertionError("the body was read as a whole")

    monkeypatch.setattr(Request, "body", never)
    rows = "".join(f"reader{number}@alderwick.example,{'x' * 600}\n" for number in range(10_000))
    answer = raw(program(), "/subscribers/import", f"email,note\n{rows}".encode(), "text/csv")
    assert len(rows) > 6_000_000, "longer than other bodies may be"
    assert answer.json()["imported"] == 10_000
    with sqlite_store.reading() as tx:
        assert sum(subscribers.counts(tx, letter.id).values()) == 10_000


def test_nobody_without_a_token_sends_us_a_list(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsletter.web.api import readers

    async def never(*_: Any) -> None:
        raise AssertionError("something was written")

    monkeypatch.setattr(readers, "spooled", never)
    answer = client.post("/api/subscribers/import", content=CSV, headers={"content-type": "text/csv"})
    assert is_problem(answer, 401, "no-token")


def test_the_history_of_an_issue_goes_back_and_forth(program: Made) -> None:
    desk = program()
    desk.post("/issues", {"title": "June"})
    assert is_problem(desk.post("/issues/1/undo"), 409, "nothing-to-undo")
    named = desk.post("/issues/1/versions", {"name": "As it began"}).json()
    desk.post("/issues/1/blocks", {"text": "A word."})
    desk.patch("/issues/1", {"title": "July"})
    changes = desk.get("/issues/1/history").json()
    assert [one["change"] for one in changes] == ["issue set", "text added"]
    assert is_problem(desk.post("/issues/1/undo", {"revision": changes[1]["id"]}), 409, "conflict")
    assert desk.post("/issues/1/undo", {"revision": changes[0]["id"]}).json()["title"] == "June"
    assert desk.post("/issues/1/redo").json()["title"] == "July"
    restored = desk.post(f"/issues/1/versions/{named[0]['id']}/restore").json()
    assert (restored["title"], len(restored["sections"][0]["blocks"])) == ("June", 1)
    before = desk.get("/issues/1/history").json()[0]
    assert desk.post(f"/issues/1/history/{before['id']}/restore").json()["title"] == "July"
    assert desk.ask("DELETE", f"/issues/1/versions/{named[0]['id']}").json() == []


def test_a_section_gets_a_limit_and_loses_it(program: Made) -> None:
    desk = program()
    section = desk.post("/issues", {}).json()["sections"][0]["id"]
    assert desk.patch(f"/issues/1/sections/{section}", {"most": 3}).json()["sections"][0]["most"] == 3
    assert desk.patch(f"/issues/1/sections/{section}", {"name": "Town"}).json()["sections"][0]["most"] == 3
    assert desk.patch(f"/issues/1/sections/{section}", {"most": None}).json()["sections"][0]["most"] is None
    assert is_problem(desk.patch(f"/issues/1/sections/{section}", {}), 422, "invalid")


def test_an_issue_is_kept_out_of_the_public_pages(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    assert desk.post("/issues/1/archive", {"keep_out": True}).json() == {"number": 1, "in_archive": False}
    assert desk.post("/issues/1/archive", {"keep_out": False}).json() == {"number": 1, "in_archive": True}


def test_a_mail_as_a_reader_gets_it_is_for_publishers(program: Made) -> None:
    from newsletter.model.token import Scope

    desk = program()
    desk.post("/issues", {})
    desk.post("/issues/1/blocks", {"text": 'Dear {{ name | default("friend") }}'})
    desk.post("/subscribers", {"email": "ada@alderwick.example", "name": "Ada"})
    whole = desk.get("/issues/1/rendition").json()
    assert "Dear friend" in whole["text"]
    assert whole["eml"].startswith("To: reader@example.org\r\n")
    assert "Dear Ada" in desk.get("/issues/1/rendition/ada@alderwick.example").json()["text"]
    assert is_problem(desk.get("/issues/1/rendition/ben@alderwick.example"), 404, "not-found")
    assert is_problem(program(Scope.EDIT).get("/issues/1/rendition/ada@alderwick.example"), 403, "scope")


def test_warnings_are_waived_and_warned_of_again(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    desk.post("/issues/1/blocks", {"text": "A word."})
    codes = [one["code"] for one in desk.get("/issues/1/check").json()["findings"] if one["level"] == "warning"]
    assert codes, "something is warned of"
    waived = desk.post("/issues/1/check", {"waive": [codes[0]]}).json()["findings"]
    assert [one["code"] for one in waived if one["waived"]] == [codes[0]]
    again = desk.post("/issues/1/check", {"unwaive": [codes[0]]}).json()["findings"]
    assert not any(one["waived"] for one in again)
    assert is_problem(desk.post("/issues/1/check", {"waive": ["nothing"]}), 404, "not-found")


def test_an_event_appears_in_another_newsletter_too(program: Made) -> None:
    desk = program()
    desk.post("/publications", {"name": "The Lantern"})
    (row,) = desk.post("/events", {"lines": "December 5 Street fair"}).json()
    desk.post(f"/events/{row['event']}/share", {"publication": "the-lantern"})
    assert [one["title"] for one in desk.get("/events?publication=the-lantern").json()] == ["Street fair"]
    assert is_problem(desk.post(f"/events/{row['event']}/share", {"publication": "x"}), 404, "not-found")


def test_a_source_is_added_changed_and_told_with_its_use(program: Made, tmp_path: Path) -> None:
    desk = program()
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "weir.md").write_text("# The weir is mended\n\nIt holds.\n")
    made = desk.post("/sources", {"address": str(folder), "name": "Drop"}).json()
    assert (made["name"], made["items"], made["dead"]) == ("Drop", 0, False)
    changed = desk.patch(f"/sources/{made['id']}", {"keep": ["weir", "mill"], "newest": 5, "active": True}).json()
    assert (changed["keep"], changed["newest"]) == (["weir", "mill"], 5)
    assert desk.post("/collect?force=true").json()["new"] == 1
    assert desk.get("/sources").json()[0]["items"] == 1
    (run,) = desk.get("/collections").json()
    assert (run["new"], run["sources"][0]["name"]) == (1, "Drop")
    picked = desk.post("/items/decide", {"newest": 5, "state": "picked"}).json()
    assert [one["state"] for one in picked] == ["picked"]
    assert is_problem(desk.post("/items/decide", {"state": "picked"}), 422, "invalid")
    edited = desk.patch(f"/items/{picked[0]['id']}", {"title": "It holds"}).json()
    assert (edited["title"], edited["edited"]) == ("It holds", True)
    assert desk.patch(f"/items/{picked[0]['id']}", {"reset": True}).json()["title"] == "The weir is mended"


def test_a_way_back_in_is_for_who_lost_it(program: Made) -> None:
    desk = program()
    name = desk.get("/me").json()["name"]
    told = desk.post(f"/people/{name}/reset", {"second_factor": True}).json()
    assert told["name"] == name
    assert "/setup/" in told["link"]
    assert is_problem(desk.post("/people/Nobody/reset"), 404, "not-found")


def test_a_backup_comes_as_a_file_and_leaves_nothing_behind(
    program: Made, settings: Settings, sqlite_store: Store
) -> None:
    (settings.workspace / "newsletter.toml").write_text('secret_key = "a key for the tests of the web"\n')
    desk = program()
    before = sorted(settings.workspace.iterdir())
    answer = desk.post("/backup", idempotency_key="b-1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/gzip")
    assert 'filename="alderwick-letter-' in answer.headers["content-disposition"]
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        names = archive.getnames()
    assert {"manifest.json", "newsletter.db", "newsletter.toml"} <= set(names)
    assert sorted(settings.workspace.iterdir()) == before
    with sqlite_store.reading() as tx:
        assert "machine.backup" in {one.deed for one in audit.listing(tx)}


def test_one_backup_is_made_at_a_time(program: Made, settings: Settings) -> None:
    from newsletter.web.api import machine

    (settings.workspace / "newsletter.toml").write_text('secret_key = "a key for the tests of the web"\n')
    desk = program()
    with machine._making:
        assert is_problem(desk.post("/backup"), 409, "under-way")
    assert desk.post("/backup").status_code == 200


def test_the_machine_is_examined(program: Made) -> None:
    told = program().get("/doctor").json()
    assert told[0]["check"] == "settings"
    assert all(set(one) == {"check", "ok", "detail"} for one in told)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/publications", "slug"),
        ("/cadence/holidays", "day"),
        ("/themes", "name"),
        ("/people", "name"),
        ("/issues/1/history", "id"),
        ("/issues/1/versions", "name"),
        ("/collections", "started"),
        ("/sources", "id"),
        ("/events", "id"),
    ],
)
def test_every_list_comes_in_pages(program: Made, settings: Settings, path: str, key: str) -> None:
    desk = program()
    desk.post("/issues", {})
    for number in range(5):
        desk.post("/publications", {"name": f"Letter {number}"})
        desk.post("/issues/1/versions", {"name": f"State {number}"})
        desk.patch("/issues/1", {"title": f"Title {number}"})
        (settings.workspace / f"drop{number}").mkdir()
        desk.post("/sources", {"address": str(settings.workspace / f"drop{number}")})
        program()
    desk.post("/cadence/holidays", {"days": [f"2026-12-0{day}" for day in range(1, 6)]})
    desk.post("/events", {"lines": "\n".join(f"December {day} Fair {day}" for day in range(1, 6))})
    if path == "/collections":
        for _ in range(3):
            desk.post("/collect?force=true")
    everything = [one[key] for one in desk.get(f"{path}?limit=500").json()]
    assert len(everything) >= 3
    found, at = [], f"{path}?limit=2"
    while at:
        answer = desk.get(at)
        found += [one[key] for one in answer.json()]
        at = answer.headers.get("link", "").split(">")[0].removeprefix("</api")
    assert found == everything


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/issues/1/blocks/{block}", {"headline": "Changed", "to": 1, "section": "No such"}, 404),
        ("/issues/1/blocks/{block}", {"headline": "Changed", "to": 99}, 422),
        ("/issues/1/sections/{section}", {"name": "Changed", "to": 99}, 422),
        ("/issues/1/sections/{section}", {"name": "Changed", "to": 1, "most": 5_000}, 422),
    ],
)
def test_what_cannot_be_done_as_a_whole_changes_nothing(
    program: Made, path: str, asked: dict[str, Any], status: int
) -> None:
    desk = program()
    desk.post("/issues", {})
    before = desk.post("/issues/1/blocks", {"text": "Write to us.", "headline": "As it was"}).json()
    section = before["sections"][0]
    path = path.format(block=section["blocks"][0]["id"], section=section["id"])
    assert desk.patch(path, asked).status_code == status
    assert desk.get("/issues/1").json() == before


def test_if_match_counts_for_all_of_a_request(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    before = desk.post("/issues/1/blocks", {"text": "Write to us."})
    section, seen = before.json()["sections"][0], before.headers["etag"]
    path = f"/issues/1/sections/{section['id']}"
    changed = desk.patch(path, {"name": "News", "most": 3}, if_match=seen)
    assert changed.status_code == 200
    assert (changed.json()["sections"][0]["name"], changed.json()["sections"][0]["most"]) == ("News", 3)
    assert is_problem(desk.patch(path, {"name": "Other", "most": 4}, if_match=seen), 412, "conflict")
    block = f"/issues/1/blocks/{section['blocks'][0]['id']}"
    both = desk.patch(block, {"headline": "Now", "to": 1}, if_match=f'"{section["blocks"][0]["version"]}"')
    assert both.status_code == 200
    assert is_problem(desk.patch(block, {"headline": "x", "to": 1}, if_match='"99"'), 412, "conflict")


def test_what_stands_in_a_list_keeps_its_commas(program: Made, queue: list[ItemId]) -> None:
    desk, firm = program(), "Smith, Jones & Co"
    told = desk.patch("/publication", {"outlets": [firm, " The Ferry ", firm, ""]})
    assert told.status_code == 200, told.text
    source = desk.patch("/sources/1", {"name": firm, "keep": ["weir, or lock", "ferry"], "skip": []}).json()
    assert (source["name"], source["keep"], source["skip"]) == (firm, ["weir, or lock", "ferry"], [])
    rule = desk.patch("/digest", {"sources": [firm], "sections": [firm, "News"]}).json()["digest"]
    assert rule["sections"] == [firm, "News"]
    assert rule["sources"] == [1]
    assert desk.patch("/digest", {"sources": "1", "sections": "A, B"}).json()["digest"]["sections"] == ["A", "B"]
    assert desk.patch("/sources/1", {"keep": "weir,ferry"}).json()["keep"] == ["weir", "ferry"]
    zones = {"event_zones": ["America/New_York", "Europe/Berlin"]}
    assert desk.patch("/publication", zones).status_code == 200
    assert is_problem(desk.patch("/publication", {"event_zones": ["America/New_York, Europe/Berlin"]}), 422, "invalid")
