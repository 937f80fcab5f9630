"""Inside: whether a text holds another one, letter for letter, in the words of each database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class holds(FunctionElement[bool]):
    """`holds(column, text)`. `LIKE` would not do: SQLite takes capitals and small letters for the same there."""

    name = "holds"
    type = Boolean()
    inherit_cache = True


@compiles(holds)
def _instr(element: holds, compiler: Any, **told: Any) -> str:
    return f"instr({compiler.process(element.clauses, **told)}) > 0"


@compiles(holds, "postgresql")
def _strpos(element: holds, compiler: Any, **told: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **told)}) > 0"
