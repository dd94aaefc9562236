"""All of Parley in one process, on SQLite and in-process brokers: `make run`, `parley up`.

What is served is put together in `whole`. `AMQP_URL`, `DATABASE_URL` and `REDIS_URL` still work,
then the one process uses those servers.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from pydantic import ValidationError

from parley_gateway.security.settings import AccessSettings, InsecureBinding, require_loopback
from parley_gateway.settings import GatewaySettings
from parley_standalone.servers.ports import is_free


class CannotStart(Exception):
    """Why this process must not run here and now; the message says what to change."""


def main(*, host: str | None = None, port: int | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM; exits with 1 and one line of explanation when it cannot start."""
    given = {"HOST": host, "PORT": port}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    try:
        settings = GatewaySettings()
        require_loopback(AccessSettings())
        with claimed(settings.data):
            _check_address(settings)
            typer.echo(f"Parley: http://{settings.host}:{settings.port}/  (API: /docs; Ctrl-C ends it)", err=True)
            # Loaded here: what keeps it from starting is said at once, not after seconds of loading every service.
            from parley_standalone.whole import serve

            serve(settings)
    except ValidationError as error:
        sys.exit(_explain(error))
    except (CannotStart, InsecureBinding) as error:
        sys.exit(str(error))


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Two processes on one data folder would each miss the other's messages: the second one is refused."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "parley.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Parley already runs on {data.resolve()}: stop it, or set PARLEY_DATA") from None
        yield


def _explain(error: ValidationError) -> str:
    """The settings that do not hold, without their values: some are secrets."""
    problems = error.errors(include_input=False, include_context=False)
    return "\n".join(" ".join((*map(str, problem["loc"]), problem["msg"])) for problem in problems)


def _check_address(settings: GatewaySettings) -> None:
    if not is_free(settings.host, settings.port):
        raise CannotStart(f"{settings.host}:{settings.port} is taken: set PORT (and HOST) to a free address")


if __name__ == "__main__":
    main()
