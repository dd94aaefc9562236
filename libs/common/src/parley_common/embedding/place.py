"""Where the built model lies: set-up leaves it in the environment; without set-up it is built on first use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import structlog

from parley_common.embedding.weights import SHA256, WEIGHTS
from parley_common.errors import PermanentError

NAME = "all-minilm-l6-v2-int8"
# Raise it when the same weights are made into something else.
VERSION = 2
FILE = f"{NAME}-{SHA256[WEIGHTS][:12]}-{VERSION}.onnx"

log = structlog.get_logger()


class ModelNotBuilt(PermanentError):
    """The model in process could not be made ready."""

    code = "embedding_model_not_built"


def shared() -> Path:
    """The folder of the environment, filled once at set-up."""
    return Path(sys.prefix, "share", "parley", "embedding")


def built(*folders: Path) -> Path:
    """The model from the first of `folders` that has it; built into the last one, in some seconds, if none has."""
    for folder in folders:
        if (folder / FILE).exists():
            return folder / FILE
    # A process of its own: what building needs, hundreds of megabytes, is given back at its end.
    command = (sys.executable, "-m", "parley_common.embedding", str(folders[-1].resolve()))
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        log.error("embedding model not built", output=done.stderr)
        raise ModelNotBuilt("The embedding model could not be made ready; the log of the service says why.")
    return folders[-1] / FILE
