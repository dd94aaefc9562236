"""Measure retrieval: `python -m bench.retrieval [quality|speed] [--data FOLDER]`.

Quality needs the question set (`questions.py` says which); its folder is given with --data or PARLEY_RETRIEVAL_DATA.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bench.retrieval import quality, speed


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.retrieval", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["quality", "speed"], help="default: both")
    parser.add_argument("--data", type=Path, default=os.environ.get("PARLEY_RETRIEVAL_DATA"))
    chosen = parser.parse_args()
    if chosen.what != "speed":
        if chosen.data is None:
            parser.error("quality needs --data or PARLEY_RETRIEVAL_DATA")
        sys.stdout.write(asyncio.run(quality.report(Path(chosen.data))) + "\n")
    if chosen.what != "quality":
        asyncio.run(speed.main())


if __name__ == "__main__":
    main()
