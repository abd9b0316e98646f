"""A story: how one form is filled in, from the opening section to the last stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Protocol

from portal.forms.kinds import Ref


class World(Protocol):
    """What a story may draw upon. All choices go through `rng`, all times through `now`."""

    rng: Random
    now: datetime  # aware, UTC: the moment at which this is written
    applicant: Ref  # who fills in the opening section

    @property
    def today(self) -> date:
        """The company's day at `now`."""

    def person(self, role: str) -> Ref:
        """Somebody who holds the role."""

    def one(self, kind: str) -> Ref:
        """A customer, supplier, project, product, stock_item, document or department."""

    def project(self, kind: str, stage: str = "") -> Ref:
        """A project of the kind (works, product, web, permit) whose stage may be worked on now."""

    def project_facts(self, project: Ref) -> Mapping[str, Any]:
        """The facts of a project: what only its kind has."""

    def item_facts(self, item: Ref) -> Mapping[str, Any]:
        """`unit`, `unit_cost` (Decimal), `place` and `quantity` (Decimal on hand there) of a stock item."""

    def record(self, *codes: str, project: Ref | None = None) -> Ref | None:
        """A finished record of one of these forms, if there is one; in the project if one is given."""

    def number(self, code: str, project: Ref | None = None) -> Ref:
        """A record of the form, or a made-up paper number while the form is not served."""

    def answers_of(self, record: Ref) -> Mapping[str, Any]:
        """The typed answers of a record, stages included."""

    def file(self, name: str) -> dict[str, Any]:
        """An uploaded PDF of this name."""

    def photo(self, name: str) -> dict[str, Any]:
        """An uploaded photograph."""

    def signature(self, name: str) -> dict[str, Any]:
        """A drawn signature."""


Opening = Callable[[World], dict[str, Any]]
Filling = Callable[[World, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """`opening` gives typed answers (as `Sheet.answers()` does), `stages` those of each step with a stage.

    A stage gets the answers so far; the plain run through every stage leads to the end of the route.
    """

    opening: Opening
    stages: Mapping[str, Filling] = field(default_factory=dict)
