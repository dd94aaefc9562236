"""Answers given before: found again by their owner for the same question, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from parley_common.contracts.datasets import ANSWER, TABLE
from parley_common.contracts.jobs import Mode, Usage
from parley_common.contracts.research import Research, Researched, Statement
from parley_common.storage.blobs import FolderBlobs, key_of, prefix_of
from parley_research.adapters.answers import BlobCache

HASH = "ab" * 32
KEPT = key_of(TABLE, UUID(int=1))
ASKED = Research(dataset=UUID(int=1), question="How many?", table=KEPT, hash=HASH)
ANSWERED = Researched(
    main_question="How many?",
    direct_answer="Many.",
    answer=Statement(text="Many."),
    answered=True,
    mode=Mode.MODEL,
    usage=Usage(calls=7),
)


async def piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
async def blobs(tmp_path: Path) -> FolderBlobs:
    blobs = FolderBlobs(tmp_path)
    await blobs.put(KEPT, piece(b"table"), limit=5)
    return blobs


async def test_an_answer_is_found_again_and_says_that_it_cost_nothing(blobs: FolderBlobs) -> None:
    cache = BlobCache(blobs, thinker="model")
    await cache.keep("ada", ASKED, ANSWERED)
    found = await cache.find("ada", ASKED.model_copy(update={"question": "how  MANY?"}))
    assert found == ANSWERED.model_copy(update={"cached": True, "usage": Usage()})


@pytest.mark.parametrize(
    "other",
    [{"question": "How much?"}, {"verbose": True}, {"review_plan": True}, {"hash": "cd" * 32}],
)
async def test_another_question_table_or_way_of_asking_finds_nothing(blobs: FolderBlobs, other: dict[str, Any]) -> None:
    cache = BlobCache(blobs, thinker="model")
    await cache.keep("ada", ASKED, ANSWERED)
    assert await cache.find("ada", ASKED.model_copy(update=other)) is None


async def test_another_owner_or_thinker_finds_nothing(blobs: FolderBlobs) -> None:
    await BlobCache(blobs, thinker="model").keep("ada", ASKED, ANSWERED)
    assert await BlobCache(blobs, thinker="model").find("bob", ASKED) is None
    assert await BlobCache(blobs, thinker="offline").find("ada", ASKED) is None


async def test_an_answer_to_a_reviewed_plan_is_not_kept(blobs: FolderBlobs) -> None:
    cache = BlobCache(blobs, thinker="model")
    await cache.keep("ada", ASKED.model_copy(update={"review_plan": True}), ANSWERED)
    assert await cache.find("ada", ASKED) is None


async def test_all_answers_about_a_table_are_forgotten_together(blobs: FolderBlobs) -> None:
    cache = BlobCache(blobs, thinker="model")
    for owner in ("ada", "bob"):
        await cache.keep(owner, ASKED, ANSWERED)
    assert await blobs.delete_all(prefix_of(ANSWER, HASH)) == 2
    assert await cache.find("ada", ASKED) is None


async def test_an_answer_that_comes_after_its_dataset_was_deleted_is_not_kept(blobs: FolderBlobs) -> None:
    await blobs.delete(KEPT)
    await BlobCache(blobs, thinker="model").keep("ada", ASKED, ANSWERED)
    assert await blobs.keys(ANSWER, before=datetime.now(UTC) + timedelta(days=1)) == []


async def test_an_answer_of_another_release_is_not_taken_for_one(blobs: FolderBlobs, tmp_path: Path) -> None:
    cache = BlobCache(blobs, thinker="model")
    await cache.keep("ada", ASKED, ANSWERED)
    (kept,) = (tmp_path / ANSWER).iterdir()
    kept.write_text('{"answer": "Many."}')
    assert await cache.find("ada", ASKED) is None
