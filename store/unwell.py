"""Unwell: what an error of the database means for who asked. Drivers raise their own errors where we speak to them directly (`store/prepared.py`),
and SQLAlchemy wraps them elsewhere: both are looked at here.
"""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import exc

# PostgreSQL, Appendix A: somebody else wrote the same key or named what was just taken away, could not be serialised, a deadlock.
_MET = {"23505", "23503", "40001", "40P01"}
_READ_ONLY = "25006"
_LOCKED = "55P03"
_SQLITE = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
}  # fmt: skip

ERRORS = (exc.DBAPIError, exc.TimeoutError, psycopg.Error, sqlite3.Error)


def meets_another(problem: BaseException) -> bool:
    """Whether two transactions met, so that this one was taken back and can be done again."""
    return _state(problem) in _MET


def is_unwell(problem: BaseException) -> bool:
    """Whether the database does not do its work now: gone, starting, full, out of connections. Nothing is wrong with what was asked."""
    if isinstance(problem, exc.TimeoutError) or meets_another(problem):
        return True
    of_driver = _of_driver(problem)
    if isinstance(of_driver, sqlite3.OperationalError):
        return (getattr(of_driver, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE
    return isinstance(of_driver, psycopg.OperationalError | psycopg.InterfaceError) or _state(problem) == _READ_ONLY


def is_away(problem: BaseException) -> bool:
    """Whether the database does its work for nobody now; who waited too long for a lock waited for somebody else."""
    return is_unwell(problem) and not meets_another(problem) and not is_locked(problem)


def is_locked(problem: BaseException) -> bool:
    """Whether somebody held for too long what this waited for."""
    return _state(problem) == _LOCKED


def cannot_hold(problem: BaseException) -> bool:
    """Whether what somebody sent is what the database cannot hold: a NUL character, a text or a number beyond its column."""
    return isinstance(_of_driver(problem), psycopg.DataError)


def _state(problem: BaseException) -> str | None:
    of_driver = _of_driver(problem)
    return of_driver.sqlstate if isinstance(of_driver, psycopg.Error) else None


def _of_driver(problem: BaseException) -> BaseException | None:
    return problem.orig if isinstance(problem, exc.DBAPIError) else problem
