"""Documents and questions about them as two people have them, on the real embedder and the real index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from support.clients import eventually
from support.system import QUICK, Embedded
from support.visitor import sign_in

ACCOUNTS = {"PARLEY_AUTH": "jwt", "PARLEY_JWT_SECRET": "a secret of these tests, long enough for HS256"}
REPORT = """# Quarterly report

## Revenue

Revenue of Acme in the third quarter was 5 million dollars, after 4.2 million in the second.

## Staff

Acme opened an office in Lyon and hired forty engineers there.
"""
QUESTION = "What was the revenue of Acme in the third quarter?"


async def ask(http: httpx.AsyncClient, query: str, conversation: str | None = None) -> dict[str, Any]:
    response = await http.post("/api/chat/", json={"query": query, "conversation_id": conversation})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_document_is_asked_and_cited_by_its_owner_and_by_nobody_else(tmp_path: Path) -> None:
    async with Embedded(tmp_path / "system", QUICK | ACCOUNTS) as system:
        users = {name: await sign_in(system.url, name) for name in ("ada", "eve")}
        ada, eve = (
            httpx.AsyncClient(
                base_url=system.url, trust_env=False, timeout=60, headers={"Authorization": f"Bearer {users[name]}"}
            )
            for name in ("ada", "eve")
        )
        async with ada, eve:
            await uploaded(ada)
            answer = await ask(ada, QUESTION)
            source = answer["sources"][0]
            assert "5 million dollars" in source["quote"]
            assert (source["filename"], answer["found"], answer["mode"]) == ("report.md", True, "offline")
            followed = await ask(ada, "And in the second?", answer["conversation_id"])
            assert (followed["chat_context_used"], "4.2 million" in followed["answer"]) == (True, True)

            foreign = await ask(eve, QUESTION)
            assert (foreign["found"], foreign["sources"], foreign["ledger"]["passages"]) == (False, [], [])

            path = f"/api/chat/conversations/{answer['conversation_id']}"
            assert (await eve.get(path)).status_code == 404
            gone = await ada.delete(path)
            job = await finished(ada, gone.headers["Location"])
            assert (job["status"], job["result"]["turns"], job["result"]["vectors"]) == ("completed", 2, 0)
            assert (await ask(ada, "What did I ask before?"))["ledger"]["chat"]["found"] == 0


async def uploaded(http: httpx.AsyncClient) -> None:
    sent = (await http.post("/api/upload/", files={"file": ("report.md", REPORT.encode())})).json()

    async def searchable() -> bool:
        return bool((await http.get(f"/api/upload/{sent['id']}/status")).json()["status"] == "completed")

    await eventually(searchable)


async def finished(http: httpx.AsyncClient, path: str) -> dict[str, Any]:
    async def ended() -> bool:
        return bool((await http.get(path)).json()["completed_at"])

    await eventually(ended)
    return dict((await http.get(path)).json())
