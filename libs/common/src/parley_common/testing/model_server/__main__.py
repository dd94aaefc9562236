"""`python -m parley_common.testing.model_server --port 0`: prints its address on one line, then serves."""

from __future__ import annotations

import argparse
import sys

from parley_common.testing.model_server.serving import listen, server


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted, metered model that speaks the OpenAI chat protocol.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    listener, address = listen(parser.parse_args().port)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    server().run(sockets=[listener])


if __name__ == "__main__":
    main()
