"""Aside: what waits long in C (the disk, a password hash) is done in a thread, so that under gevent everybody else goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from gevent import get_hub  # type: ignore[import-untyped]
from gevent.monkey import is_module_patched  # type: ignore[import-untyped]

Done = TypeVar("Done")


def aside(work: Callable[..., Done], *given: object) -> Done:
    """The outcome of the work. `work` must not touch what greenlets share."""
    if not is_module_patched("threading"):
        return work(*given)
    done, problem = get_hub().threadpool.apply(_caught, (work, given))
    if problem is not None:
        raise problem
    return cast(Done, done)


def _caught(work: Callable[..., Done], given: tuple[object, ...]) -> tuple[Done | None, Exception | None]:
    """A problem is an outcome here (a wrong password is one); gevent would print what is raised in its thread."""
    try:
        return work(*given), None
    except Exception as problem:
        return None, problem
