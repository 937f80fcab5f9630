"""Aside: what waits long in C (the disk, a password hash) is done in a thread, so that under gevent everybody else goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar, cast

from gevent import get_hub  # type: ignore[import-untyped]
from gevent.monkey import is_module_patched  # type: ignore[import-untyped]
from gevent.threadpool import ThreadPool  # type: ignore[import-untyped]

Done = TypeVar("Done")


def aside(work: Callable[..., Done], *given: object) -> Done:
    """The outcome of the work. `work` must not touch what greenlets share."""
    return _done_by(get_hub().threadpool, work, given) if is_module_patched("threading") else work(*given)


class Threads:
    """Threads of their own, for what may take so long that the disk should not wait behind it. Who gives up waiting leaves a thread that ends by
    itself, later.
    """

    def __init__(self, most: int) -> None:
        self.most = most

    def do(self, work: Callable[..., Done], *given: object) -> Done:
        return _done_by(self._threads, work, given) if is_module_patched("threading") else work(*given)

    @cached_property
    def _threads(self) -> ThreadPool:
        return ThreadPool(self.most)


def _done_by(threads: ThreadPool, work: Callable[..., Done], given: tuple[object, ...]) -> Done:
    done, problem = threads.apply(_caught, (work, given))
    if problem is not None:
        raise problem
    return cast(Done, done)


def _caught(work: Callable[..., Done], given: tuple[object, ...]) -> tuple[Done | None, Exception | None]:
    """A problem is an outcome here (a wrong password is one); gevent would print what is raised in its thread."""
    try:
        return work(*given), None
    except Exception as problem:
        return None, problem
