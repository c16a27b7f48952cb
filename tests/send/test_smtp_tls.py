"""TLS and logging in, against a real server with a certificate of its own authority."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.send.line import open_line
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings, Smtp
from newsletter.workflows import deliver


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost`, signed by itself."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key.pem"),
         "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def tls_server(certificate: Path, recorder: Callable[..., Any]) -> Callable[..., Any]:
    """A server that offers STARTTLS."""

    def start(**manners: Any) -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        return recorder(tls=context, **manners)

    return start


def ask(server: Smtp) -> None:
    open_line(server, hello="news.example.org").close()


def test_starttls_is_verified_and_the_login_goes_through_it(
    certificate: Path,
    tls_server: Callable[..., Any],
    settings_for: Callable[..., Settings],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ledger_material import rendition

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    server = tls_server(login=("ada", "secret"))
    settings = settings_for(server.port, host="localhost", starttls="require", user="ada", password="secret")
    assert deliver.test_send(settings, clock, rendition(), ["a@example.org"]).sent == ("a@example.org",)
    hello_again = [command.split(" ")[0].upper() for command in server.commands]
    assert hello_again[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_an_unknown_authority_is_not_trusted(tls_server: Callable[..., Any]) -> None:
    with pytest.raises(SendStopped, match="cannot be trusted"):
        ask(Smtp(host="localhost", port=tls_server().port, starttls="require", timeout=5))


def test_a_certificate_for_another_name_is_not_trusted(
    certificate: Path, tls_server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with pytest.raises(SendStopped, match="cannot be trusted"):
        ask(Smtp(host="127.0.0.1", port=tls_server().port, starttls="require", timeout=5))


def test_auto_on_loopback_takes_the_machines_own_certificate(tls_server: Callable[..., Any]) -> None:
    server = tls_server()
    ask(Smtp(host="localhost", port=server.port, starttls="auto", timeout=5))
    assert "STARTTLS" in server.commands


def test_auto_goes_on_without_tls_where_none_is_offered(recorder: Callable[..., Any]) -> None:
    server = recorder()
    ask(Smtp(host="127.0.0.1", port=server.port, starttls="auto", timeout=5))
    assert "STARTTLS" not in server.commands


def test_tls_from_the_first_byte_to_a_plain_port_is_told(recorder: Callable[..., Any]) -> None:
    with pytest.raises(SendStopped, match="No TLS with the mail server"):
        ask(Smtp(host="127.0.0.1", port=recorder().port, tls=True, timeout=5))


def test_the_password_is_in_no_sentence(recorder: Callable[..., Any]) -> None:
    server = Smtp(
        host="127.0.0.1", port=recorder(login=("ada", "x")).port, starttls="never", user="ada", password="hush"
    )
    with pytest.raises(SendStopped) as told:
        ask(server)
    assert "hush" not in str(told.value)
    assert told.value.code == "login-refused"
