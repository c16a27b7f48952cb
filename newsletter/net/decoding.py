"""Bodies as they come off the wire, undone from gzip, deflate (RFC 9110 §8.4) or brotli (RFC 7932) under a cap."""

from __future__ import annotations

import zlib

import brotli

_GZIP_OR_ZLIB = 47
_RAW = -15
_GZIP = b"\x1f\x8b"
_STEP = 64 * 1024


class TooBig(Exception):
    """The body is larger than the cap; at most the cap was held in memory."""


class Undecodable(Exception):
    """The body is not what its Content-Encoding says."""


class Body:
    """A body that grows by chunks; `cap` is in bytes, and counts after decompression."""

    def __init__(self, encoding: str, cap: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate", "br"):
            raise Undecodable(f"it is packed as “{self._encoding}”, which was not asked for")
        self._cap = cap
        self._parts = bytearray()
        self._unpacker: zlib._Decompress | None = None
        self._packed = self._encoding not in ("", "identity")
        self._brotli = brotli.Decompressor() if self._encoding == "br" else None

    def feed(self, chunk: bytes) -> None:
        """Take the next raw bytes. Raises TooBig, Undecodable."""
        if not self._packed:
            self._keep(chunk)
            return
        if self._brotli is not None:
            self._feed_brotli(self._brotli, chunk)
            return
        while chunk:
            if self._unpacker is None:
                self._unpacker = zlib.decompressobj(self._window(chunk))
            try:
                self._keep(self._unpacker.decompress(chunk, self._cap - len(self._parts) + 1))
            except zlib.error as cause:
                raise Undecodable(f"it is not {self._encoding}, as its header says") from cause
            if self._unpacker.eof:  # a gzip file may have several members
                chunk = self._unpacker.unused_data.lstrip(b"\0")
                self._unpacker = None
                if chunk[:2] != _GZIP:
                    return
            else:
                chunk = self._unpacker.unconsumed_tail

    def _feed_brotli(self, unpacker: brotli.Decompressor, chunk: bytes) -> None:
        try:
            while True:
                self._keep(unpacker.process(chunk, output_buffer_limit=_STEP))
                if unpacker.is_finished() or unpacker.can_accept_more_data():
                    return
                chunk = b""
        except brotli.error as cause:
            raise Undecodable("it is not br, as its header says") from cause

    def _window(self, chunk: bytes) -> int:
        if self._encoding == "deflate" and chunk[:1] not in (b"\x78", b"\x58", b"\x38", b"\x68"):
            return _RAW  # some servers mean it so, against RFC 9110 §8.4.1.2
        return _GZIP_OR_ZLIB

    def _keep(self, data: bytes) -> None:
        self._parts += data
        if len(self._parts) > self._cap:
            raise TooBig

    def content(self) -> bytes:
        """All of it. Raises TooBig, and Undecodable where the packed stream has no end."""
        if not self._packed and self._parts.startswith(_GZIP):  # a packed file, served without a word of it
            unpacked = Body("gzip", self._cap)
            unpacked.feed(bytes(self._parts))
            return unpacked.content()
        if self._unpacker is not None or (self._brotli is not None and not self._brotli.is_finished()):
            raise Undecodable("it ends too early")
        return bytes(self._parts)
