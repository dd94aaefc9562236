"""Requests made up from the OpenAPI document: no answer is a 5xx, and each is one that the document describes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import httpx
from support.system import QUICK, Embedded
from support.visitor import assert_problem, sign_in

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
ACCOUNTS = {
    "PARLEY_AUTH": "jwt",
    "PARLEY_JWT_SECRET": "a secret of these tests, long enough for HS256",
    "PARLEY_OPERATORS": "ada",
    **{f"PARLEY_RATE_{who}": "100000/minute" for who in ("USER", "IP", "AUTH")},
}


async def fuzz(url: str, folder: Path, *options: str, examples: int) -> None:
    """The same requests each time; fails with what schemathesis says."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", *options]
    fixed = ["--phases", "coverage,fuzzing", "--generation-deterministic", "--no-shrink", "--no-color"]
    process = await asyncio.create_subprocess_exec(
        *command, "--checks", ",".join(CHECKS), "-n", str(examples), *fixed,
        cwd=folder, env={"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(240):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def test_made_up_requests_are_answered_as_documented_without_accounts(embedded: Embedded, tmp_path: Path) -> None:
    await fuzz(embedded.url, tmp_path, examples=8)
    assert embedded.process.running


async def test_made_up_requests_are_answered_as_documented_with_accounts(tmp_path: Path) -> None:
    async with Embedded(tmp_path / "system", QUICK | ACCOUNTS) as system:
        token = await sign_in(system.url, "ada")
        await fuzz(system.url, tmp_path, "-H", f"Authorization: Bearer {token}", examples=4)
        async with httpx.AsyncClient(base_url=system.url, trust_env=False) as http:
            assert_problem(await http.get("/v1/jobs"), 401)


async def test_every_documented_error_is_a_problem(embedded: Embedded) -> None:
    async with httpx.AsyncClient(base_url=embedded.url, trust_env=False) as http:
        document = (await http.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            if path == "/health/ready":
                errors.pop("503")
            assert errors, (method, path)
            assert all(answer["content"].keys() == {"application/problem+json"} for answer in errors.values())
