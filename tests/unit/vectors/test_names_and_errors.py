"""Ids and collections that cannot be mistaken for others, and errors that say whether to try again."""

from __future__ import annotations

import re
from itertools import combinations
from uuid import UUID

import pytest
from pydantic import ValidationError

from parley_common.errors import PermanentError, RetryableError
from parley_common.vectors.failures import failure
from parley_common.vectors.points import point_id
from parley_common.vectors.qdrant import collection_name, connect
from parley_common.vectors.settings import VectorSettings

SOURCE, OTHER = UUID(int=1), UUID(int=2)


def test_a_passage_has_one_id_and_no_other_passage_has_it() -> None:
    assert point_id("ann", SOURCE, 1, 2) == point_id("ann", SOURCE, 1, 2)
    told = [
        ("ann", SOURCE, 1, 2),
        ("ann", SOURCE, 12, 0),
        ("ann", SOURCE, 1, 20),
        ("ann", OTHER, 1, 2),
        ("bob", SOURCE, 1, 2),
        ("2/ann", SOURCE, 1, 2),
        ("", SOURCE, 1, 2),
    ]
    assert len({point_id(*each) for each in told}) == len(told)


def test_every_embedder_and_size_has_a_collection_of_its_own() -> None:
    names = [
        "all-minilm-l6-v2-int8",
        "all-minilm-l6-v2_int8",
        "openai/x",
        "openai-x",
        "OPENAI-X",
        "../x",
        "ü",
        "a" * 300,
    ]
    collections = [collection_name(name, size) for name in names for size in (384, 1536)]
    assert collections[0] == "parley-all-minilm-l6-v2-int8-384"
    assert all(re.fullmatch(r"[a-z0-9_-]{1,200}", collection) for collection in collections)
    assert all(one != other for one, other in combinations(collections, 2))


@pytest.mark.parametrize("status", [None, 404, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_worth_another_try(status: int | None) -> None:
    assert isinstance(failure(status), RetryableError)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "refused"), (401, "auth"), (403, "auth"), (413, "too_large"), (422, "refused")]
)
def test_what_stays_as_it_is_is_not(status: int, code: str) -> None:
    error = failure(status)
    assert isinstance(error, PermanentError)
    assert error.code == f"vectors_{code}"


def test_how_long_the_server_wants_us_to_wait_is_handed_on() -> None:
    error = failure(429, retry_after=7)
    assert isinstance(error, RetryableError)
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://localhost:6333", "http://localhost:6333"),
        ("https://qdrant.example:443/prefix", "https://qdrant.example:443/prefix"),
        ("https://cluster.example", "https://cluster.example:6333"),
    ],
)
async def test_the_server_is_asked_where_its_address_says(given: str, used: str) -> None:
    client = connect(VectorSettings(_env_file=None, QDRANT_URL=given, QDRANT_API_KEY="secret"))
    assert client.http.client.host == used
    await client.close()


@pytest.mark.parametrize("address", ["localhost:6333", "ftp://qdrant", "http://", "qdrant"])
def test_what_is_no_address_is_refused_at_the_start_and_not_repeated(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        VectorSettings(_env_file=None, QDRANT_URL=address)
    assert address not in str(refused.value)
