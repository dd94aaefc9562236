"""One name for every way in which a database can be out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from parley_common.errors import RetryableError

# SQLSTATE classes: connection lost or refused, rolled back (a deadlock), out of resources, server starting or stopping;
# and a transaction that was idle for too long.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = ("08", "25P03", "40", "53", "57P")
# https://www.sqlite.org/rescode.html
_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")

# What the database, or its driver, will not do with what it was given.
REFUSALS = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)


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
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        refused = isinstance(error, ValueError) or (isinstance(error, asyncpg.PostgresError) and not _names_away(error))
        if refused:
            raise
        raise DatabaseUnavailable("the database is unavailable") from error
    except (OSError, PoolTimeout, asyncpg.InternalClientError) as error:  # the last: used while it was being closed
        raise DatabaseUnavailable("the database is unavailable") from error


def _is_away(error: DBAPIError) -> bool:
    return error.connection_invalidated or _names_away(error.orig)


def _names_away(error: BaseException | None) -> bool:
    """By the database's own code: DB-API's classes put a server that stops and a missing column side by side."""
    state = str(getattr(error, "sqlstate", None) or "")
    name = str(getattr(error, "sqlite_errorname", None) or "")
    return state.startswith(_AWAY) or name.startswith(_SQLITE_AWAY)
