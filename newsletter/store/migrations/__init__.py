"""Alembic inside the package, without an `alembic.ini`. Imported only when the revision differs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from newsletter.store.engine import Tx


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def known() -> set[str]:
    """All revisions of this version of the program."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(tx: Tx) -> None:
    """Run every migration that is missing, in the caller's transaction."""
    config = _config()
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
