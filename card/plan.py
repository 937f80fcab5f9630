"""Plan: what we do now and what when it turns, and who agreed with exactly that text (report 4.1.3, 5.2.3).

An agreement is with one plan.set: a new plan asks for agreement again. Who set the plan stands beside it and need not say so twice.
"""

from __future__ import annotations

from typing import Any

from card.gathered import Gathered
from card.heads import heads


def plan(log: Gathered) -> dict[str, Any]:
    standing = heads(log.of("plan.set"))
    ids = {entry["id"] for entry in standing}
    return {
        "heads": log.items(standing),
        "agreed": [
            {"plan": entry["body"]["plan"], "by": entry["by"], "org": entry["org"], "at": entry["at"], "entry": entry["id"]}
            for entry in log.of("plan.agreed")
            if entry["body"]["plan"] in ids
        ],
    }
