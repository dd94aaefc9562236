"""The web through a SearXNG instance, by its JSON API (`/search?format=json`)."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from parley_common.contracts.events import Source
from parley_common.errors import ParleyError, PermanentError, RetryableError

_QUERY, _QUERIES, _RESULTS = 400, 3, 6
_TITLE, _SNIPPET, _URL = 160, 320, 1_000
_MOST_BYTES = 2_000_000
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
# SearXNG reads "!ddg" or "!!g" as a command to ask another engine, or to redirect to it.
_BANG = re.compile(r"(?<!\S)[!:?]+(?=\S)")


class _Result(BaseModel):
    url: str = ""
    title: str | None = None
    content: str | None = None


class _Page(BaseModel):
    results: list[_Result] = []


class SearxngSearch:
    """A `Search` over one SearXNG instance; the client's timeouts apply to each query."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/search"

    async def find(self, queries: list[str]) -> list[Source]:
        found: dict[str, _Result] = {}
        for query in [text for each in queries if (text := _query(each))][:_QUERIES]:
            for result in (await self._ask(query)).results:
                if key := _address(result.url):
                    found.setdefault(key, result)
        told = [result for result in found.values() if _plain(result.title) or _plain(result.content)]
        return [_source(number, result) for number, result in enumerate(told[:_RESULTS], start=1)]

    async def _ask(self, query: str) -> _Page:
        try:
            async with self._client.stream("GET", self._url, params={"q": query, "format": "json"}) as response:
                if response.status_code != httpx.codes.OK:
                    raise _refused(response)
                body = await _read(response)
            return _Page.model_validate_json(body)
        except httpx.TimeoutException as error:
            raise RetryableError("The search engine did not answer in time.", code="search_timeout") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RetryableError("The search engine could not be reached.", code="search_unavailable") from error
        except ValidationError as error:
            raise PermanentError("The search engine's answer could not be read.", code="search_unreadable") from error


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise PermanentError("The search engine's answer was too long.", code="search_unreadable")
    return bytes(body)


def _refused(response: httpx.Response) -> ParleyError:
    if response.status_code == httpx.codes.FORBIDDEN:
        return PermanentError("The search engine does not allow the JSON format.", code="search_forbidden")
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        return RetryableError(f"The search engine answered {response.status_code}.", code="search_unavailable")
    return PermanentError(f"The search engine answered {response.status_code}.", code="search_rejected")


def _query(text: str) -> str:
    return _BANG.sub("", " ".join(_plain(text).split()))[:_QUERY].strip()


def _address(url: str) -> str:
    """What makes two results the same page; empty for what is no web address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > _URL:
        return ""
    return f"{parts.hostname.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _source(number: int, result: _Result) -> Source:
    title = _plain(result.title)[:_TITLE] or urlsplit(result.url).hostname or result.url
    return Source(id=str(number), title=title, url=result.url.strip(), snippet=_plain(result.content)[:_SNIPPET])


def _plain(text: str | None) -> str:
    """Without mark-up, control and invisible characters, on one line."""
    untagged = _TAG.sub(" ", html.unescape(_TAG.sub(" ", text or "")))
    visible = "".join(each if unicodedata.category(each)[0] != "C" else " " for each in untagged)
    return " ".join(visible.split())
