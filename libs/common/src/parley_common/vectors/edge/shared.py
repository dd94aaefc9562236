"""One engine per folder, however many clients a process opens to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import httpx

from parley_common.vectors.edge.app import edge_app
from parley_common.vectors.edge.store import Store
from parley_common.vectors.settings import VectorSettings


@dataclass(slots=True)
class _Shared:
    store: Store
    clients: int = 0


_STORES: dict[Path, _Shared] = {}
_LOCK = Lock()


def in_process(settings: VectorSettings) -> httpx.AsyncBaseTransport:
    """A way to the engine on the folder of the settings; the last one to be closed closes the engine."""
    folder = settings.vectors_folder.resolve()
    with _LOCK:
        if folder not in _STORES:
            _STORES[folder] = _Shared(Store(folder, optimize_after=settings.edge_optimize_after))
        shared = _STORES[folder]
        shared.clients += 1
    return _Transport(shared, folder, settings.edge_max_body)


class _Transport(httpx.ASGITransport):
    def __init__(self, shared: _Shared, folder: Path, max_body: int) -> None:
        super().__init__(edge_app(shared.store, max_body=max_body), raise_app_exceptions=False)
        self._shared: _Shared | None = shared
        self._folder = folder

    async def aclose(self) -> None:
        shared, self._shared = self._shared, None
        if shared is None:
            return
        with _LOCK:
            shared.clients -= 1
            last = shared.clients == 0
            if last:
                del _STORES[self._folder]
        if last:
            await shared.store.close()
