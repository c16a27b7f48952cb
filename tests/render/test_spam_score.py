"""What SpamAssassin, where it is installed, says of a whole message of each theme."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.render.compose import compose
from newsletter.render.sample_issue import sample_issue
from newsletter.render.spam import PROGRAM, spam_score
from newsletter.settings import Settings
from newsletter.workflows.specimen import specimen

pytestmark = pytest.mark.long


@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"no {PROGRAM}: install Debian's package of that name")
@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_no_theme_looks_like_spam(theme: str) -> None:
    sample = sample_issue(theme, Settings(workspace=Path("/nowhere")))
    parts = (sample.publication, sample.issue, sample.versions, sample.occurrences)
    data = compose(*parts, settings=sample.settings, on=sample.day, assets=sample.assets)
    found = spam_score(specimen(data, at=datetime(2026, 11, 27, 9, 0, tzinfo=UTC)))
    assert found.score < 2.0, found
