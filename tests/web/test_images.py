"""Uploaded pictures, asked for by anybody."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.settings import Settings

NAME = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def picture(settings: Settings) -> bytes:
    folder = settings.workspace / "assets"
    folder.mkdir()
    (folder / f"{NAME}.png").write_bytes(b"\x89PNG pixels")
    (folder / "letter.html").write_text("<script>")
    return b"\x89PNG pixels"


def test_a_picture_is_for_everybody_and_kept_for_good(visitor: Any, picture: bytes) -> None:
    answer = visitor.get(f"/images/{NAME}.png")
    assert (answer.status_code, answer.content) == (200, picture)
    told = answer.headers
    assert told["content-type"] == "image/png"
    assert told["cache-control"] == "public, max-age=31536000, immutable"
    assert told["x-content-type-options"] == "nosniff"
    assert told["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in told


@pytest.mark.parametrize(
    "path",
    ["letter.html", f"{NAME}.jpg", f"{NAME}.svg", f".{NAME}.png", "", "..%2fnewsletter.toml", f"{NAME.upper()}.png"],
)
def test_nothing_else_is_there(visitor: Any, picture: bytes, path: str) -> None:
    assert visitor.get(f"/images/{path}").status_code == 404
