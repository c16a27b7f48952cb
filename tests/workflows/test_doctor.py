"""The doctor: each thing that sending needs is tried, and what is wrong is said in a sentence."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUDPServer
from typing import Any

import pytest

from newsletter.cli.main import run
from newsletter.clock import Clock
from newsletter.net.dns import txt
from newsletter.workflows import workspace
from newsletter.workflows.demo_servers import catch_mail
from newsletter.workflows.doctor import examine
from newsletter.workflows.machine import Check
from newsletter.workflows.sender_policy import dkim, dmarc, spf

Zone = dict[str, tuple[str, ...]]


@pytest.fixture
def folder(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "SMTP_URL", "BASE_URL", "SECRET_KEY"):
        monkeypatch.delenv(f"NEWSLETTER_{name}", raising=False)
    return workspace.make(tmp_path / "desk", clock)


def by_name(found: list[Check]) -> dict[str, Check]:
    return {one.check: one for one in found}


def test_a_new_workspace_is_told_what_it_lacks(folder: Path, clock: Clock) -> None:
    found = by_name(examine(folder, {}, clock))
    assert {name for name, one in found.items() if not one.ok} == {"publication", "smtp", "base_url"}
    assert "no from and no address" in found["publication"].detail
    assert set(found) >= {"settings", "database", "templates", "disk", "alerts", "spf", "dkim", "dmarc"}


def test_broken_settings_are_a_check_and_not_the_end(folder: Path, clock: Clock) -> None:
    (folder / "newsletter.toml").write_text("secret_key = 3")
    assert examine(folder, {}, clock) == [
        Check("settings", False, "secret_key must be a text in quotes, or a list of them, the newest first.")
    ]


@pytest.mark.parametrize(
    ("environ", "check", "why"),
    [
        ({"NEWSLETTER_SMTP_URL": "smtp://127.0.0.1:9"}, "smtp", "127.0.0.1"),
        ({"NEWSLETTER_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "database", "cannot be opened"),
        ({"NEWSLETTER_BASE_URL": "http://letter.example.org"}, "base_url", "not encrypted"),
        ({"NEWSLETTER_BASE_URL": "https://nobody.invalid"}, "base_url", "does not lead to a running desk"),
        ({"NEWSLETTER_SECRET_KEY": "short"}, "settings", "guessed"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, clock: Clock, environ: dict[str, str], check: str, why: str) -> None:
    found = by_name(examine(folder, environ, clock))[check]
    assert not found.ok
    assert why in found.detail


def test_a_server_for_alerts_that_does_not_answer_is_told(folder: Path, clock: Clock) -> None:
    with (folder / "newsletter.toml").open("a") as file:
        file.write('\n[alerts]\nmail_to = ["editor@example.org"]\nsmtp = "smtp://127.0.0.1:9"\n')
    found = by_name(examine(folder, {}, clock))["alerts"]
    assert not found.ok
    assert "127.0.0.1:9" in found.detail


def test_a_template_that_cannot_be_filled_is_named_with_its_line(folder: Path, clock: Clock) -> None:
    page = folder / "templates" / "weekly" / "issue.html.j2"
    page.write_text(page.read_text() + "\n{% if %}")
    found = by_name(examine(folder, {}, clock))["templates"]
    assert not found.ok
    assert "issue.html.j2" in found.detail


def test_the_command_prints_the_checks_and_ends_with_1(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with catch_mail(tmp_path / "caught") as (_, port):
        monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"smtp://127.0.0.1:{port}")
        assert run(["--workspace", str(folder), "doctor", "--json"]) == 1
    document: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert all(set(one) == {"check", "ok", "detail"} for one in document)
    assert next(one for one in document if one["check"] == "smtp")["ok"] is True


# ---------------------------------------------------------------- DNS


def of(zone: Zone | None) -> Any:
    return lambda name: None if zone is None else zone.get(name, ())


D = "letter.example.org"


@pytest.mark.parametrize(
    ("check", "zone", "ok", "words"),
    [
        (spf, None, True, "not checked"),
        (spf, {}, False, "no SPF"),
        (spf, {D: ("hello", "v=spf1 include:_spf.example.net -all")}, True, "include"),
        (spf, {D: ("v=spf1 -all", "v=spf1 ~all")}, False, "2 SPF"),
        (spf, {D: ("v=spf1 +all",)}, False, "everybody"),
        (spf, {D: ("v=spf1 all",)}, False, "everybody"),
        (spf, {D: ("v=spf1 include:all.example.net -all",)}, True, "-all"),
        (dmarc, None, True, "not checked"),
        (dmarc, {}, False, "no DMARC"),
        (dmarc, {f"_dmarc.{D}": ("v=DMARC1; p=reject",)}, True, "reject"),
        (dmarc, {"_dmarc.example.org": ("v=DMARC1;p=none",)}, True, "example.org"),
        (dmarc, {f"_dmarc.{D}": ("v=DMARC1; rua=mailto:x@example.org",)}, False, "no policy"),
        (dmarc, {f"_dmarc.{D}": ("v=DMARC1; p=none", "v=DMARC1; p=reject")}, False, "2 DMARC"),
        (lambda d, a: dkim(d, a, None), None, True, "not checked"),
        (lambda d, a: dkim(d, a, None), {}, True, "--dkim-selector"),
        (lambda d, a: dkim(d, a, None), {f"mail._domainkey.{D}": ("v=DKIM1; k=rsa; p=MIIB",)}, True, "mail._domainkey"),
        (lambda d, a: dkim(d, a, "x"), {}, False, "no key under x"),
        (lambda d, a: dkim(d, a, "x"), {f"x._domainkey.{D}": ("v=DKIM1; p=",)}, False, "withdrawn"),
    ],
)
def test_what_the_dns_says_of_a_sender(check: Any, zone: Zone | None, ok: bool, words: str) -> None:
    found = check(D, of(zone))
    assert found.ok is ok
    assert words in found.detail


@pytest.fixture
def name_server() -> Iterator[int]:
    """A real name server on loopback, with one name in it."""
    import dns.message
    import dns.rcode
    import dns.rrset

    class Answer(BaseRequestHandler):
        def handle(self) -> None:
            content, socket = self.request
            question = dns.message.from_wire(content)
            answer = dns.message.make_response(question)
            name = question.question[0].name
            if name.to_text() == "letter.example.org.":
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"v=spf1 " "-all"', '"second"'))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            socket.sendto(answer.to_wire(), self.client_address)

    server = ThreadingUDPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_txt_records_come_from_a_real_name_server(name_server: int) -> None:
    ask = {"servers": ["127.0.0.1"], "port": name_server}
    assert sorted(txt("letter.example.org", **ask) or ()) == ["second", "v=spf1 -all"]  # type: ignore[arg-type]
    assert txt("nobody.example.org", **ask) == ()  # type: ignore[arg-type]


def test_where_dns_does_not_answer_nothing_is_claimed() -> None:
    assert txt("letter.example.org", servers=["127.0.0.1"], port=9, patience=0.3) is None
    assert txt("a" * 300 + ".org", servers=["127.0.0.1"], port=9, patience=0.3) is None
