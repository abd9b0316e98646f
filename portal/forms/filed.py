"""A record as effects and rules see it: typed answers, and who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Filed:
    """A record at the moment of a signature: its answers so far, opening section and stages merged."""

    id: int
    number: str
    code: str
    answers: Mapping[str, Any]
    applicant_id: int
    department_id: int
    signer_id: int
    signers: Mapping[str, int]  # step key -> person of its latest signature
    now: datetime

    @property
    def itself(self) -> frozenset[int]:
        """This record and the one it corrects: what others did is counted without them."""
        return frozenset(filter(None, (self.id, self["@corrects"])))

    def __getitem__(self, name: str) -> Any:
        return self.answers.get(name)
