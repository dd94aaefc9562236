"""What can be submitted, read off the catalog: a service that has a start command there needs nothing here."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from parley_common.bus.catalog import START
from parley_common.contracts.commands import StartJob
from parley_common.errors import Invalid


@dataclass(frozen=True)
class Kind:
    """One kind of job: who does it, what starts it, what it takes."""

    name: str
    service: str
    start: type[StartJob]
    input: type[BaseModel]


def _kind(service: str, start: type[StartJob]) -> Kind:
    taken = start.model_fields["input"].annotation
    assert isinstance(taken, type)  # noqa: S101 - a fact about the contracts, not about input
    return Kind(name=start.model_fields["kind"].default, service=service, start=start, input=taken)


KINDS = {kind.name: kind for service, starts in START.items() for kind in (_kind(service, start) for start in starts)}


def kind_named(name: str) -> Kind:
    if name not in KINDS:
        raise Invalid(f"There is no kind of job named {name!r}.", code="unknown_kind")
    return KINDS[name]
