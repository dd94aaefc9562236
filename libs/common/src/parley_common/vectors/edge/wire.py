"""The part of Qdrant's REST API that Parley uses: what comes in, and how answers look.

Whatever else a client asks for is refused, never ignored: ignored, it would change what an answer means.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Index32 = Annotated[int, Field(ge=0, lt=2**32)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,200}$")]
NAME: TypeAdapter[str] = TypeAdapter(Name)


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class DenseParams(Wire):
    size: int = Field(ge=1, le=65_536)
    distance: Literal["Cosine"]


class SparseParams(Wire):
    modifier: Literal["idf"]


class Hnsw(Wire):
    m: int = Field(ge=0)
    payload_m: int = Field(ge=0)


class CreateCollection(Wire):
    vectors: dict[Name, DenseParams]
    sparse_vectors: dict[Name, SparseParams]
    hnsw_config: Hnsw


class FieldSchema(Wire):
    """How a field is indexed; hints for large collections on a server are understood and make no difference here."""

    type: Literal["keyword", "integer"]
    is_tenant: bool = False
    enable_hnsw: bool = True
    lookup: bool = True
    range: bool = True


class CreateFieldIndex(Wire):
    field_name: Name
    field_schema: FieldSchema


class Sparse(Wire):
    """As many values as indices, and no index twice: the engine breaks over the one and miscounts over the other."""

    indices: list[Index32]
    values: list[float]

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if not len(set(self.indices)) == len(self.indices) == len(self.values):
            raise ValueError("as many values as indices, and no index twice")
        return self


class PointStruct(Wire):
    id: UUID
    vector: dict[Name, list[float] | Sparse]
    payload: dict[str, Any]


class Upsert(Wire):
    points: list[PointStruct]


class MatchValue(Wire):
    value: str | int


class MatchAny(Wire):
    any: list[str]


class Condition(Wire):
    key: Name
    match: MatchValue | MatchAny


class Filter(Wire):
    must: list[Condition] = []
    must_not: list[Condition] = []


class Delete(Wire):
    filter: Filter


class SetPayload(Wire):
    """Fields to be set on all points of the filter; others stay as they are."""

    payload: dict[str, Any]
    filter: Filter


class Count(Wire):
    filter: Filter
    exact: Literal[True]


class Idf(Wire):
    corpus: Filter


class SearchParams(Wire):
    idf: Idf


class Nearest(Wire):
    nearest: list[float] | Sparse


class Query(Wire):
    query: Nearest
    using: Name
    filter: Filter
    limit: int = Field(ge=1, le=10_000)
    params: SearchParams | None = None
    with_payload: Literal[True]


class QueryBatch(Wire):
    searches: list[Query]
