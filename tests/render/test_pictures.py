"""What becomes of a picture from outside: pixels of ours, of a size a telephone carries, or one sentence."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from newsletter.render.pictures import BUDGET, Encoded, work

WIDTH = 640


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Something with as many shades as a photo."""
    small = Image.frombytes("RGB", (40, 30), random.Random(7).randbytes(40 * 30 * 3))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def read(encoded: Encoded | str) -> tuple[Encoded, Image.Image]:
    assert isinstance(encoded, Encoded), encoded
    opened = Image.open(BytesIO(encoded.content))
    assert opened.size == (encoded.width, encoded.height)
    assert Image.MIME[opened.format or ""] == encoded.media_type
    return encoded, opened


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_photo_of_any_kind_becomes_a_jpeg_or_png_of_at_most_the_asked_width(format: str, mode: str) -> None:
    encoded, _ = read(work((saved(photo(1000, 500, mode), format), WIDTH)))
    assert (encoded.width, encoded.height) == (WIDTH, 320)
    assert len(encoded.content) <= BUDGET


def test_a_small_picture_is_not_made_larger() -> None:
    encoded, _ = read(work((saved(photo(300, 200), "JPEG"), WIDTH)))
    assert (encoded.width, encoded.height) == (300, 200)


def test_where_it_was_taken_and_by_what_is_dropped_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[1] = "N"
    content = saved(photo(400, 200), "JPEG", exif=exif, comment=b"Mill Street 12")
    encoded, opened = read(work((content, WIDTH)))
    assert (encoded.width, encoded.height) == (200, 400)
    assert not opened.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(opened.info)
    assert b"Ada" not in encoded.content
    assert b"Mill Street" not in encoded.content


def test_words_and_profiles_in_a_png_are_dropped() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Ada")
    content = saved(Image.new("RGBA", (60, 40), (200, 10, 10, 90)), "PNG", pnginfo=words, dpi=(72, 72))
    encoded, opened = read(work((content, WIDTH)))
    assert (opened.mode, encoded.media_type) == ("RGBA", "image/png")
    assert not opened.info.keys() - {"gamma"}
    assert b"Ada" not in encoded.content


def test_a_print_in_four_colours_becomes_one_for_screens() -> None:
    _, opened = read(work((saved(Image.new("CMYK", (80, 60), (0, 255, 255, 0)), "JPEG"), WIDTH)))
    red, green, blue = opened.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert opened.mode == "RGB"
    assert red > 180 > 90 > max(green, blue)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("1", (50, 50)),
        Image.new("I;16", (50, 50), 40_000),
        Image.new("LA", (50, 50), (9, 9)),
        Image.new("P", (50, 50)),
        Image.new("F", (50, 50)).convert("L"),
    ],
    ids=lambda one: one.mode,
)
def test_unusual_pixels_are_read(picture: Image.Image) -> None:
    read(work((saved(picture, "PNG"), WIDTH)))


def test_of_an_animation_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    for format in ("GIF", "WEBP", "PNG"):
        content = saved(frames[0], format, save_all=True, append_images=frames[1:], duration=50)
        _, opened = read(work((content, WIDTH)))
        assert getattr(opened, "n_frames", 1) == 1
        assert opened.convert("RGB").getpixel((5, 5))[0] > 200  # type: ignore[index]


def test_a_drawing_keeps_its_sharp_lines() -> None:
    drawing = Image.new("RGB", (600, 400), "white")
    for step in range(0, 400, 8):
        drawing.paste("black", (0, step, 600, step + 1))
    encoded, _ = read(work((saved(drawing, "PNG"), WIDTH)))
    assert encoded.media_type == "image/png"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_noise_that_nothing_makes_small_comes_near_the_budget_all_the_same(mode: str) -> None:
    noise = Image.frombytes(mode, (800, 600), random.Random(1).randbytes(800 * 600 * len(mode)))
    encoded, _ = read(work((saved(noise, "PNG", compress_level=1), 760)))
    assert len(encoded.content) < BUDGET
    assert encoded.width >= 380


def _png(width: int, height: int) -> bytes:
    """A file of a few bytes that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def _gif(width: int, height: int) -> bytes:
    small = saved(Image.new("P", (5, 5)), "GIF")
    return small[:6] + struct.pack("<HH", width, height) + small[10:]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JPEG, PNG, WebP or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no JPEG"),
        (b"<!DOCTYPE html><title>no picture</title>", "no JPEG"),
        (b"GIF89a", "no JPEG"),
        (saved(photo(60, 60), "BMP"), "no JPEG"),
        (saved(photo(60, 60), "TIFF"), "no JPEG"),
        (_png(60_000, 60_000), "60,000 × 60,000 pixels"),
        (_gif(65_535, 65_535), "65,535 × 65,535 pixels"),
        (_png(1, 1), "which nobody sees"),
        (_png(900, 900), "damaged"),
        (saved(photo(700, 700), "JPEG")[:2000], "damaged"),
        (saved(Image.new("RGB", (20_000, 3)), "PNG"), "too narrow"),
    ],
)
def test_what_cannot_be_a_picture_is_told_in_words(content: bytes, said: str) -> None:
    told = work((content, WIDTH))
    assert isinstance(told, str)
    assert said in told


def test_an_animation_of_thousands_of_frames_costs_no_more_than_its_first() -> None:
    frames = [Image.new("P", (300, 300), shade) for shade in range(200)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    encoded, _ = read(work((content, WIDTH)))
    assert len(encoded.content) < 5_000
