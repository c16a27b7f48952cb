"""A workspace made by `newsletter init`."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.cli.main import run


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the workspace alone, unless a test says otherwise."""
    for name in (
        "WORKSPACE",
        "DATABASE_URL",
        "SMTP_URL",
        "BASE_URL",
        "SECRET_KEY",
        "ALLOW_PRIVATE_HOSTS",
        "NOW",
        "MAILBOX_PASSWORD",
    ):
        monkeypatch.delenv(f"NEWSLETTER_{name}", raising=False)


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An empty workspace."""
    folder = tmp_path / "workspace"
    assert run(["init", str(folder)]) == 0
    capsys.readouterr()
    return folder
