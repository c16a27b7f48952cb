"""The figures of a workspace for Prometheus: counts and ages, without a name or an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from newsletter import __version__
from newsletter.store import watching
from newsletter.web.place import Place

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """One metric with its samples, by their labels."""

    name: str
    help: str
    samples: dict[Labels, float] = field(default_factory=dict)

    def text(self) -> str:
        """In the text format of Prometheus, version 0.0.4."""
        lines = [f"# HELP {self.name} {self.help}", f"# TYPE {self.name} gauge"]
        lines += [f"{self.name}{_braced(labels)} {value:.10g}" for labels, value in self.samples.items()]
        return "\n".join(lines) + "\n"


def _braced(labels: Labels) -> str:
    told = ",".join(f'{name}="{value}"' for name, value in labels)
    return f"{{{told}}}" if told else ""


def figures(place: Place) -> Iterator[Figure]:
    """All figures of this moment."""
    now = place.clock.now()
    with place.store.reading() as tx:
        states, rows, overdue = watching.issues(tx), watching.deliveries(tx), watching.overdue(tx, now)
        alerts, sources, readers = watching.open_alerts(tx), watching.sources(tx), watching.readers(tx)
        queue, untold = watching.queue(tx), watching.untold(tx)
    yield Figure("newsletter_info", "What runs here.", {(("version", __version__),): 1})
    yield Figure("newsletter_issues", "Issues by state.", {(("state", one),): count for one, count in states.items()})
    yield Figure(
        "newsletter_deliveries",
        "Deliveries of issues that are going out or paused, by state.",
        {(("issue", str(issue)), ("state", state)): count for (issue, state), count in sorted(rows.items())},
    )
    yield Figure("newsletter_overdue_seconds", "How long a scheduled issue has waited to begin.", {(): round(overdue)})
    since = place.since_tick()
    if since is not None:
        yield Figure(
            "newsletter_tick_age_seconds", "Since the scheduler last asked what is due.", {(): round(since, 1)}
        )
    yield Figure(
        "newsletter_alerts", "What needs a person now, by kind.", {(("kind", one),): n for one, n in alerts.items()}
    )
    yield Figure("newsletter_alerts_untold", "Alerts that no way out has taken yet.", {(): untold})
    yield Figure(
        "newsletter_sources", "Sources by their last status.", {(("status", one),): n for one, n in sources.items()}
    )
    yield Figure("newsletter_items_new", "Items that nobody has decided about.", {(): queue})
    yield Figure(
        "newsletter_subscriptions", "Subscriptions by consent.", {(("consent", one),): n for one, n in readers.items()}
    )
    with suppress(OSError):
        room = os.statvfs(place.settings.workspace)
        yield Figure("newsletter_disk_free_bytes", "Free where the workspace is.", {(): room.f_bavail * room.f_frsize})
