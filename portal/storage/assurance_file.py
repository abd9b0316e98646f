"""The file in which a run of the tests has written down what it has shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.domain.assurance import OUTCOMES, Claims, Proof

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Results:
    """What was written down; `problem` is `missing` or `broken` where nothing could be read, else empty."""

    proofs: tuple[Proof, ...] = ()
    claims: Claims = field(default_factory=dict)
    problem: str = ""


def read(file: Path) -> Results:
    """What the file says; one that is missing or makes no sense has no results."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        if given["format"] != FORMAT:
            return Results(problem="broken")
        claims = {str(id): tuple(map(str, tests)) for id, tests in given["claims"].items()}
        return Results(tuple(_proof(test, one) for test, one in given["tests"].items()), claims)
    except FileNotFoundError:
        return Results(problem="missing")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Results(problem="broken")


def _proof(test: str, given: Mapping[str, Any]) -> Proof:
    at = datetime.fromisoformat(given["at"]).astimezone(UTC)
    if given["outcome"] not in OUTCOMES:
        raise ValueError(given["outcome"])
    words = [str(given[name]) for name in ("commit", "version", "database")]
    return Proof(
        test,
        tuple(map(str, given["ids"])),
        given["outcome"],
        at,
        words[0],
        given["clean"] is True,
        *words[1:],
    )
