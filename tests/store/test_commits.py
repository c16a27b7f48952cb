"""What was answered is on disk."""

from __future__ import annotations

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from newsletter.store.opening import open_store


def test_a_server_that_answers_before_it_has_written_is_told_not_to(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {make_url(postgres_url).database} SET synchronous_commit = off")
    store = open_store(postgres_url)
    for _ in range(2):
        with store.writing() as tx:
            assert tx.execute(text("SHOW synchronous_commit")).scalar() == "on"
    store.close()
