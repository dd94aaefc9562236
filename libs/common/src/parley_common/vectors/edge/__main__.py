"""`python -m parley_common.vectors.edge`: the engine as a process of its own, for the services of one machine."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from parley_common.telemetry import setup
from parley_common.vectors.edge.app import edge_app
from parley_common.vectors.edge.collections import Collections
from parley_common.vectors.edge.failures import StoreError
from parley_common.vectors.edge.store import Store
from parley_common.vectors.settings import VectorSettings


def main() -> None:
    settings = VectorSettings()
    setup("vectors", settings)
    try:
        asyncio.run(serve(settings))
    except StoreError as error:
        sys.exit(str(error))


async def serve(settings: VectorSettings) -> None:
    """Serve until SIGTERM or Ctrl-C; raises `FolderInUse` when another process has the vectors."""
    store = Store(settings.vectors_folder, optimize_after=settings.edge_optimize_after)
    try:
        await store.use(Collections.names)
        key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
        config = uvicorn.Config(
            edge_app(store, max_body=settings.edge_max_body, key=key),
            host=settings.edge_host,
            port=settings.edge_port,
            lifespan="off",
            server_header=False,
            log_config=None,
            access_log=False,
        )
        await uvicorn.Server(config).serve()
    finally:
        await store.close()


if __name__ == "__main__":
    main()
