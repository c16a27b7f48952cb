"""SpamAssassin's opinion of a message: asked offline, where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

from newsletter.errors import NewsletterError

PROGRAM = "spamassassin"
PATIENCE = 60.0
"""Seconds; it compiles its rules at each start."""
_STATUS = re.compile(r"^X-Spam-Status:.*?\bscore=(-?[\d.]+)(.*?)^(?=\S)", re.MULTILINE | re.DOTALL)
_TESTS = re.compile(r"\btests=([A-Z0-9_,\s]*)")


@dataclass(frozen=True)
class SpamScore:
    """Its points, and the rules that gave some."""

    score: float
    rules: tuple[str, ...] = ()


def spam_score(message: bytes, program: str = PROGRAM) -> SpamScore:
    """The score of a finished message by local rules alone.

    Raises NewsletterError where the program is not installed, or gives no score.
    """
    found = shutil.which(program)
    if found is None:
        raise NewsletterError(
            "SpamAssassin is not installed, so there is no spam score: apt install spamassassin, or leave --spam.",
            code="no-spamassassin",
            where="--spam",
        )
    try:
        done = subprocess.run(
            [found, "--local", "--test-mode"], input=message, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise _no_score(str(cause)) from cause
    status = _STATUS.search(done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))
    if status is None:
        raise _no_score(done.stderr.decode("utf-8", "replace"))
    named = _TESTS.search(status[0])
    rules = [rule for rule in re.split(r"[,\s]+", named[1]) if rule] if named else []
    return SpamScore(float(status[1]), tuple(rules))


def _no_score(why: str) -> NewsletterError:
    said = " ".join(why.split())[-160:] or "it ended without one"
    return NewsletterError(f"SpamAssassin gave no score: {said.rstrip('.')}.", code="spamassassin", where="--spam")
