"""A real SMTP server in a thread, and issues on their way."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.settings import Settings, Smtp


def _load(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("smtp_recorder")
_load("ledger_material")
_load("database_way")


@pytest.fixture
def recorder() -> Iterator[Callable[..., Any]]:
    """Starts SMTP servers with the manners that a test asks for."""
    from smtp_recorder import Manners, Recorder

    servers = []

    def start(**manners: Any) -> Any:
        server = Recorder(Manners(**manners))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Settings that send to a port on loopback, or into a folder."""

    def settings(port: int = 0, **smtp: Any) -> Settings:
        plain: dict[str, Any] = {"starttls": "never", "connections": 3, "timeout": 5.0}
        if "folder" not in smtp:
            plain |= {"host": "127.0.0.1", "port": port}
        return Settings(
            workspace=tmp_path,
            base_url="https://news.example.org",
            secret_keys=("a long random text for the tests",),
            smtp=(Smtp(**(plain | smtp)),),
        )

    return settings
