"""A picture from outside made ours: decoded, turned upright, sized and encoded anew; nothing else of it is left.

What is kept are pixels: no camera data, no place, no profile, no comment, no second frame. Of an animation the first
frame stays: a mail cannot offer to stop it (WCAG 2.2.2), and Outlook shows only that one anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 64_000_000
"""Of a picture that is taken in: more than telephones make, and less than a bomb unfolds to."""
BUDGET = 200 * 1024
"""Bytes a picture should not weigh more than: a telephone loads it over the air."""
SMALLEST = 3
"""Pixels of a side; less is a counter of readers, not a picture."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITIES = (85, 75, 65, 55)


@dataclass(frozen=True)
class Encoded:
    """A picture as it is served."""

    content: bytes
    media_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int


def work(question: tuple[bytes, int]) -> Encoded | str:
    """What the bounded process answers: the picture, at most so many pixels wide; or why it is none, for a person."""
    from PIL import Image

    content, width = question
    # its own limit would warn at half of ours; ours is asked below, before anything is unpacked
    Image.MAX_IMAGE_PIXELS = None
    try:
        opened = Image.open(BytesIO(content), formats=_FORMATS)
    except Exception:  # decoders raise what they like
        return "it is no JPEG, PNG, WebP or GIF"
    wide, high = opened.size
    if wide * high > MOST_PIXELS:
        return f"it has {wide:,} × {high:,} pixels; make it smaller than {MOST_PIXELS // 1_000_000} million"
    if min(wide, high) < SMALLEST:
        return f"it has {wide} × {high} pixels, which nobody sees"
    try:
        opened.draft("RGB", (width, width * high // wide or 1))  # a JPEG needs not be unpacked larger than it is shown
        opened.load()
        picture = _plain(_lighter(opened, width))
    except MemoryError:
        raise
    except Exception:
        return "its file is damaged"
    done = _encoded(picture, width)
    if min(done.width, done.height) < SMALLEST:
        return "it is too narrow to be shown"
    return done


def _lighter(opened: Image, width: int) -> Image:
    """Fewer pixels, where there are many more than are wanted: what follows costs time for each."""
    factor = min(opened.size) // (2 * width)
    if factor < 2 or opened.mode not in ("RGB", "RGBA", "L", "LA", "CMYK"):
        return opened
    return opened.reduce(factor)


def _plain(opened: Image) -> Image:
    """Upright, in sRGB, with or without transparency, and nothing beside the pixels."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I"):  # sixteen bits a pixel
        upright = upright.point(lambda value: value / 256).convert("L")
    transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    profile = upright.info.get("icc_profile")
    plain = _in_srgb(upright, profile) if profile and not transparent else upright
    plain = plain.convert("RGBA" if transparent else "RGB")
    if transparent and plain.getchannel("A").getextrema()[0] == 255:
        plain = plain.convert("RGB")
    plain.info.clear()
    return plain


def _in_srgb(picture: Image, profile: bytes) -> Image:
    """The colours as they were meant: a print profile read as sRGB is garish."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        done = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return done or picture


def _encoded(picture: Image, width: int) -> Encoded:
    """As good as it fits into the budget: first with less detail, then smaller, down to the width it is shown in."""
    picture = _sized(picture, width)
    if picture.mode == "RGBA":
        return _lightest(_drawing(_sized(picture, width * share // 4), few) for share in (4, 3, 2) for few in (0, 1))
    if _is_drawn(picture):
        drawing, photo = _drawing(picture, few=False), _photo(picture, _QUALITIES[0])
        # letters and lines stay sharp as PNG; where that is much heavier it is a photo after all
        if len(drawing.content) <= min(len(photo.content) * 3 // 2, BUDGET):
            return drawing
    return _lightest(
        _photo(_sized(picture, width * share // 4), quality) for share in (4, 3, 2) for quality in _QUALITIES
    )


def _lightest(tried: Iterator[Encoded]) -> Encoded:
    """The first that fits into the budget, else the lightest of all."""
    best = next(tried)
    for one in tried:
        if len(best.content) <= BUDGET:
            break
        best = min(best, one, key=lambda either: len(either.content))
    return best


def _sized(picture: Image, width: int) -> Image:
    from PIL import Image

    wide, high = picture.size
    if wide <= width:
        return picture
    return picture.resize((width, max(round(high * width / wide), 1)), Image.Resampling.LANCZOS, reducing_gap=3)


def _photo(picture: Image, quality: int) -> Encoded:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return Encoded(file.getvalue(), "image/jpeg", *picture.size)


def _drawing(picture: Image, few: bool | int) -> Encoded:
    """As PNG; with `few` in 256 colours."""
    file = BytesIO()
    (picture.quantize(256) if few else picture).save(file, "PNG")
    return Encoded(file.getvalue(), "image/png", *picture.size)


def _is_drawn(picture: Image) -> bool:
    """Few colours: a drawing, a diagram, a screen."""
    return picture.getcolors(1024) is not None
