"""`python -m parley_enhancer`: the enhancer as a process of its own."""

from __future__ import annotations

from parley_common.runtime.hosting import host
from parley_enhancer.app import create
from parley_enhancer.settings import EnhancerSettings

if __name__ == "__main__":
    host(create(EnhancerSettings()))
