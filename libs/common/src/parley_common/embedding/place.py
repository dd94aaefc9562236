"""Where the built model lies: set-up leaves it in the environment; without set-up it is built on first use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from parley_common.embedding.weights import SHA256, WEIGHTS
from parley_common.errors import PermanentError

NAME = "all-minilm-l6-v2-int8"
# Raise it when `building` or `graph` make something else of the same weights.
VERSION = 1
FILE = f"{NAME}-{SHA256[WEIGHTS][:12]}-{VERSION}.onnx"


class ModelNotBuilt(PermanentError):
    """The model in process could not be made ready."""

    code = "embedding_model_not_built"


def shared() -> Path:
    """The folder of the environment, filled once at set-up."""
    return Path(sys.prefix, "share", "parley", "embedding")


def built(data: Path) -> Path:
    """The built model; takes some seconds if it must be built into `data`."""
    for folder in (shared(), own := data / "embedding"):
        if (folder / FILE).exists():
            return folder / FILE
    # A process of its own: what building needs, hundreds of megabytes, is given back at its end.
    command = (sys.executable, "-m", "parley_common.embedding", str(own.resolve()))
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ModelNotBuilt(f"The embedding model could not be built: {done.stderr.strip().splitlines()[-1:]}")
    return own / FILE
