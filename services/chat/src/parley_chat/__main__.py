"""`python -m parley_chat`: chat as a process of its own."""

from __future__ import annotations

from parley_chat.app import create
from parley_chat.settings import ChatSettings
from parley_common.runtime.hosting import host

if __name__ == "__main__":
    host(create(ChatSettings()))
