"""One name for every way in which a database can be out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from parley_common.errors import RetryableError

# SQLSTATE classes: connection lost or refused, rolled back (a deadlock), out of resources, server starting or stopping;
# and a transaction that was idle for too long.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = ("08", "25P03", "40", "53", "57P")
# https://www.sqlite.org/rescode.html
_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")


class DatabaseUnavailable(RetryableError):
    """The database cannot be reached now."""

    code = "database_unavailable"


@contextmanager
def translated() -> Iterator[None]:
    """Raise `DatabaseUnavailable` for a lost or refused connection and an exhausted pool; pass on all else."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, InterfaceError) or _is_away(error):
            raise DatabaseUnavailable("the database is unavailable") from error
        raise
    except (OSError, PoolTimeout) as error:
        raise DatabaseUnavailable("the database is unavailable") from error


def _is_away(error: DBAPIError) -> bool:
    """By the database's own code: DB-API's classes put a server that stops and a missing column side by side."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    name = str(getattr(error.orig, "sqlite_errorname", None) or "")
    return error.connection_invalidated or state.startswith(_AWAY) or name.startswith(_SQLITE_AWAY)
