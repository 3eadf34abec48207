"""A server that takes posts as Mastodon does and does nothing else, so that it is never what is measured.

    python -m benchmarks.stub PORT

`POST /api/v1/statuses` answers a new status after the delay that was set. `GET /stub` tells what came;
`POST /stub?delay=SECONDS` starts anew with that delay.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
)


@dataclass
class Stub:
    """What came so far: posts, keys that came twice, and how many connections were open at once at the most."""

    delay: float = 0.0
    posts: int = 0
    twice: int = 0
    open: int = 0
    most_open: int = 0
    keys: set[bytes] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one call, one answer."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            line, headers = _parsed(head)
            await reader.readexactly(int(headers.get(b"content-length", b"0")))
            body = self._control(line) if b"/stub" in line else await self._take(headers)
            writer.write(ANSWER % (len(body), body))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, headers: dict[bytes, bytes]) -> bytes:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            self.posts += 1
            key = headers.get(b"idempotency-key", b"")
            self.twice += key in self.keys
            self.keys.add(key)
            number = str(self.posts)
            return json.dumps({"id": number, "url": f"http://127.0.0.1/@ada/{number}"}).encode()
        finally:
            self.open -= 1

    def _control(self, line: bytes) -> bytes:
        if line.startswith(b"POST"):
            self.__init__(float(line.split(b"delay=")[1].split()[0]))  # type: ignore[misc]
        return json.dumps({"posts": self.posts, "twice": self.twice, "most_open": self.most_open}).encode()


def _parsed(head: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    line, *rest = head.split(b"\r\n")
    pairs = (one.partition(b":") for one in rest if one)
    return line, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.start_server(Stub().talk, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
