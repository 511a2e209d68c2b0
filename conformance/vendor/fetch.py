"""Fetching a published page, when asked to: one address, bounded in time, size and redirects."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.errors import TargetError, UsageError
from conformance.openapi.document import MAX_BYTES, read_bounded

if TYPE_CHECKING:
    import aiohttp

_PATIENCE: Final = 30.0
_REDIRECTS: Final = 5
_WEB: Final = ("http", "https")


def fetch(address: str, folder: Path) -> bytes:
    """Return the bytes at `address`, a URL or a file, relative to `folder`.

    Raises TargetError where a URL cannot be had, UsageError for one of another kind, DocumentError
    for a file that cannot be read.
    """
    scheme = urlsplit(address).scheme.lower()
    if scheme in _WEB:
        return asyncio.run(_fetched(address))
    if "://" in address:
        raise UsageError(f"{address}: only http, https and files are fetched; give one of these")
    return read_bounded(folder / address, "correct the page's address")


async def _fetched(url: str) -> bytes:
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_PATIENCE), cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
            session.get(url, max_redirects=_REDIRECTS) as response,
        ):
            _refuse_downgrade(url, [str(step.url) for step in (*response.history, response)])
            if response.status != 200:
                raise TargetError(f"{url}: answers {response.status}; correct the page's address")
            return await _bounded(url, response)
    except aiohttp.TooManyRedirects as error:
        raise TargetError(f"{url}: redirects more than {_REDIRECTS} times") from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        reason = str(error) or f"no answer within {_PATIENCE:g} s"
        raise TargetError(f"{url}: cannot be reached: {reason}") from error


async def _bounded(url: str, response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_BYTES:
            raise TargetError(f"{url}: larger than {MAX_BYTES} bytes")
    return bytes(data)


def _refuse_downgrade(url: str, steps: list[str]) -> None:
    """Refuse to take over plain http what was asked for over https."""
    if url.startswith("https:") and any(not step.startswith("https:") for step in steps):
        raise TargetError(f"{url}: redirects to plain http; correct the page's address")
