"""`python -m parley_ingest`: ingestion as a process of its own."""

from __future__ import annotations

from parley_common.runtime.hosting import host
from parley_ingest.app import create
from parley_ingest.settings import IngestSettings

if __name__ == "__main__":
    host(create(IngestSettings()))
