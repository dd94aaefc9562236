"""`python -m parley_common.embedding [folder]`: builds the model, by default into the environment; done is done."""

from __future__ import annotations

import sys
from pathlib import Path

from parley_common.embedding.place import shared
from parley_common.embedding.weights import installed


def main() -> None:
    if not installed():
        # An environment that does not embed has neither the weights nor what builds from them.
        return
    from parley_common.embedding.building import build

    build(Path(sys.argv[1]) if len(sys.argv) > 1 else shared())


if __name__ == "__main__":
    main()
