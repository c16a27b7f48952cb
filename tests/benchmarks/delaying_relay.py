"""A line with a round trip of so many milliseconds: `python delaying_relay.py PORT MILLISECONDS` prints its own port.

It passes bytes on to a port of loopback after half the round trip, in each direction, whatever came meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

AT_ONCE = 256 * 1024


async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float) -> None:
    """Each piece is written `delay` seconds after it came."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def write() -> None:
        with suppress(OSError):
            while True:
                when, piece = await pieces.get()
                if when > loop.time():
                    await asyncio.sleep(when - loop.time())
                if not piece:
                    target.close()
                    return
                target.write(piece)
                await target.drain()

    writer = asyncio.create_task(write())
    with suppress(OSError):
        while piece := await source.read(AT_ONCE):
            pieces.put_nowait((loop.time() + delay, piece))
    pieces.put_nowait((loop.time() + delay, b""))
    await writer


async def main(port: int, round_trip: float) -> None:
    """Listen until we are ended."""

    async def one(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far, near = await asyncio.open_connection("127.0.0.1", port, limit=AT_ONCE)
            await asyncio.gather(pass_on(source, near, round_trip / 2), pass_on(far, target, round_trip / 2))

    server = await asyncio.start_server(one, "127.0.0.1", 0, limit=AT_ONCE)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
