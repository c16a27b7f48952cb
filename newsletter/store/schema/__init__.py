"""The tables, one file for each part of the house. Times are UTC; a zone name stands beside every local time."""

from __future__ import annotations

from newsletter.store.schema.assets import asset
from newsletter.store.schema.collecting import (
    collection,
    event,
    event_publication,
    full_text,
    item,
    item_edit,
    item_version,
    publication,
    source,
    source_publication,
    story,
    story_apart,
    story_item,
    triage,
)
from newsletter.store.schema.columns import Json, Utc, metadata
from newsletter.store.schema.issues import (
    block,
    block_item,
    issue,
    issue_event,
    link,
    link_answer,
    rendition,
    revision,
    section,
    waiver,
)
from newsletter.store.schema.people import (
    invitation,
    session,
    user,
)
from newsletter.store.schema.readers import (
    subscriber,
    subscription,
    suppression,
)
from newsletter.store.schema.sending import (
    delivery,
    schedule,
    schedule_run,
    server_use,
)

__all__ = [
    "Json",
    "Utc",
    "asset",
    "block",
    "block_item",
    "collection",
    "delivery",
    "event",
    "event_publication",
    "full_text",
    "invitation",
    "issue",
    "issue_event",
    "item",
    "item_edit",
    "item_version",
    "link",
    "link_answer",
    "metadata",
    "publication",
    "rendition",
    "revision",
    "schedule",
    "schedule_run",
    "section",
    "server_use",
    "session",
    "source",
    "source_publication",
    "story",
    "story_apart",
    "story_item",
    "subscriber",
    "subscription",
    "suppression",
    "triage",
    "user",
    "waiver",
]
