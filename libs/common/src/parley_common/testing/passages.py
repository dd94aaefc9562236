"""Passages to store, and vectors that point where a test wants them."""

from __future__ import annotations

from uuid import UUID, uuid4

from parley_common.contracts.jobs import JsonObject
from parley_common.vectors.index import Kind, Point, point_id

DIMENSIONS = 8


def towards(axis: int, *, leaning: float = 0.0) -> list[float]:
    """A vector along one axis, leaning towards the next one: similarity to the axis falls as it leans more."""
    vector = [0.0] * DIMENSIONS
    vector[axis] = 1.0
    vector[(axis + 1) % DIMENSIONS] = leaning
    return vector


def passage(
    owner: str,
    text: str = "A passage about nothing much.",
    *,
    source: UUID | None = None,
    kind: Kind = "document",
    version: int = 1,
    ordinal: int = 0,
    dense: list[float] | None = None,
    payload: JsonObject | None = None,
) -> Point:
    source = source or uuid4()
    return Point(
        id=point_id(owner, source, version, ordinal),
        owner=owner,
        kind=kind,
        source=source,
        version=version,
        ordinal=ordinal,
        text=text,
        dense=dense or towards(0),
        payload=payload or {},
    )
