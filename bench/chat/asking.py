"""A system of its own, documents put into it, and questions asked of it one after the other."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from parley_standalone.client import Client

PATIENCE = 600


@dataclass(frozen=True)
class Reply:
    """One answer, as the API gave it, and the seconds it took."""

    body: dict[str, Any]
    seconds: float


async def ingest(url: str, texts: Mapping[str, str]) -> None:
    """Upload texts as Markdown files and wait until they can be searched."""
    async with Client(url) as client:
        for name, text in texts.items():
            sent = await client.upload_document(f"{name}.md", io.BytesIO(text.encode()))
            found = await client.ingested(sent["id"])
            if found["processing_status"] != "completed":
                raise RuntimeError(f"{name} was not ingested: {found}")


async def ask(url: str, questions: Sequence[str]) -> list[Reply]:
    """Each question in a conversation of its own, one at a time."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as http:
        return [await _ask(http, question) for question in questions]


async def _ask(http: httpx.AsyncClient, question: str) -> Reply:
    began = time.perf_counter()
    response = await http.post("/api/chat/", json={"query": question})
    return Reply(response.raise_for_status().json(), time.perf_counter() - began)


def read_lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line.strip()]
