"""`python -m parley_research`: research as a process of its own."""

from __future__ import annotations

from parley_common.runtime.hosting import host
from parley_research.app import create
from parley_research.settings import ResearchSettings

if __name__ == "__main__":
    host(create(ResearchSettings()))
