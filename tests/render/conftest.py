"""What the tests of rendering share: a sample issue, how to compose it, and a lint for mail."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"render_tests_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_SAMPLE = _beside("sample")
_LINT = _beside("lint")
_SPECIMENS = _beside("specimens")


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The sample issue and the builders of its parts."""
    return _SAMPLE


@pytest.fixture(scope="session")
def lint() -> ModuleType:
    """A lint for mail: `lint.problems(html)`."""
    return _LINT


@pytest.fixture(scope="session")
def rendition(sample):  # type: ignore[no-untyped-def]
    """The sample issue, composed once."""
    from newsletter.render.compose import compose

    return compose(
        sample.publication(),
        sample.issue(),
        sample.VERSIONS,
        sample.OCCURRENCES,
        settings=sample.settings(),
        on=sample.ON,
        nonce=sample.NONCE,
    )


@pytest.fixture(scope="session")
def specimens() -> ModuleType:
    """Issues as a reader's program receives them, of every theme: `specimens.specimens()`."""
    return _SPECIMENS
