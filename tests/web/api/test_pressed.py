"""The description of the API is made once, and is the same for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.store import Store, publications


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/shapes", "/api/openapi.json", "/api/docs/openapi.json"])
def test_who_knows_it_is_not_sent_it_again(client: Any, path: str) -> None:
    answer = client.get(path)
    etag = answer.headers["etag"]
    again = client.get(path, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"if-none-match": '"other"'}).content == answer.content


def test_it_is_drawn_once_for_each_language_and_anew_where_the_newsletter_changed(
    client: Any, sqlite_store: Store, letter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsletter.web.api import app

    drawn: list[str] = []
    page = app.page

    def counted(request: Any, name: str, **values: Any) -> Any:
        drawn.append(name)
        return page(request, name, **values)

    monkeypatch.setattr(app, "page", counted)
    english, german = ({"accept-language": one} for one in ("en", "de"))
    first = client.get("/api/docs", headers=english)
    for _ in range(3):
        assert client.get("/api/docs", headers={**english, "cookie": "said=eyJ4Ijox; keys-off=1"}).text == first.text
        assert client.get("/api/docs", headers=german).text != first.text
    assert drawn == ["api", "api"]
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"name": "The Lantern"})
    assert "The Lantern" in client.get("/api/docs", headers=english).text
