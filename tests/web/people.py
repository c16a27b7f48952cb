"""People for the tests: a browser of their own each, and codes as their phones show them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.user import Role
from newsletter.store import Store, users
from newsletter.web.passwords import password_hash

from .conftest import ORIGIN, PASSWORD, Browser


@dataclass
class Door:
    """The desk's door: lets people in, each with a browser of their own."""

    app: object
    store: Store
    clock: Clock

    def person(self, name: str, role: Role) -> Browser:
        """Somebody new, signed in."""
        with self.store.writing() as tx:
            users.add(tx, name, password_hash(PASSWORD), role=role, now=self.clock.now())
        browser = self.browser()
        assert browser.post("/signin", {"name": name, "password": PASSWORD}).status_code == 303
        return browser

    def browser(self) -> Browser:
        """A browser without a session."""
        return Browser(TestClient(self.app, base_url=ORIGIN, follow_redirects=False))  # type: ignore[arg-type]


def link_in(page: str) -> str:
    """The path of the one-time link on a page."""
    found = re.search(r'value="http://127\.0\.0\.1:8000(/setup/[\w-]{43})"', page)
    assert found is not None, page
    return found[1]
