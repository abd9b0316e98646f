"""What becomes of some documents in the demo's year: revised, handed out, recalled, under way, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.exc import NoResultFound

from portal.demo import changes, small_work
from portal.demo.cast import Cast
from portal.demo.changes import Change
from portal.demo.control import Acts, Control, Receivers
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.lib.clock import day
from portal.models import Draft, Task
from portal.services import revisions as texts

SHORTEST = timedelta(days=45)  # a shorter demo has no time for it
REVIEWED, COMING = 12, 10  # days until a text that is under way is to hold; the second after the demo's end
TURN = (3, 20)  # hours between two acts


class Editions:
    """The scenes, each told act by act; nobody else takes a turn on their records."""

    def __init__(self, world: DemoWorld, cast: Cast) -> None:
        self.world, self.control = world, Control(world, cast)
        self._scenes: list[Acts] = []
        self._counted = 0

    def plan(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """When each scene begins, in their order."""
        span, later = end - begin, day(end) + timedelta(days=COMING)
        if span < SHORTEST:
            return
        clerk, keeper = "customer_service_officer", "warehouse_keeper"
        stock = {"warehouse": 2, "purchasing": 1}
        told: list[tuple[datetime, Acts]] = [
            (begin + span * 0.08, self._revised("WH-S-01", changes.OCCASIONS, keeper, stock)),
            (begin + span * 0.12, self._small_work(keeper, (span * 0.4).days)),
            (
                begin + span * 0.4,
                self._revised("CS-P-06", changes.APPEARANCE, clerk, {"customer_service": 2}),
            ),
            (_before(end, 21), self._revised("WH-S-01", changes.WITNESS, keeper, stock, recalls=False)),
            (_before(end, 19), self._to_come("EN-S-01", changes.WASTE, "foreman", later)),
            (_before(end, 15), self._in_review("CS-P-04", changes.EVIDENCE, clerk)),
            (_before(end, 11), self._being_written("IC-P-01", changes.RECORDED, "employee")),
        ]
        for at, scene in told:
            self._scenes.append(scene)
            yield at

    def act(self, scene: int) -> timedelta | None:
        """The next act of a scene; gives how long it is to the one after, None at its end."""
        try:
            wait = next(self._scenes[scene])
        except (StopIteration, NoResultFound):  # somebody else has taken up by chance what it left
            return None
        return wait or timedelta(hours=self.world.rng.randint(*TURN))

    def made(self) -> int:
        """How many records have come of it since this was asked last."""
        before, self._counted = self._counted, len(self.control.led)
        return self._counted - before

    def leads(self, task: Task) -> bool:
        """Whether the task belongs to a scene."""
        led = self.control.led
        draft = db.session.get(Draft, task.draft_id) if task.draft_id else None
        return task.record_id in led or (draft is not None and draft.source_id in led)

    def _revised(
        self, number: str, change: Change, login: str, receivers: Receivers, *, recalls: bool = True
    ) -> Acts:
        request = yield from self.control.asked(number, change, login)
        release = yield from self.control.sent(request, login, receivers)
        yield from self.control.released(release)
        yield from self.control.handed_out(release, recalls=recalls)

    def _to_come(self, number: str, change: Change, login: str, since: date) -> Acts:
        """Released already, in force from a day after the demo's end."""
        request = yield from self.control.asked(number, change, login)
        release = yield from self.control.sent(request, login, {"engineering": 3}, since)
        yield from self.control.released(release)

    def _in_review(self, number: str, change: Change, login: str) -> Acts:
        """The head has checked it; now those of other departments are asked."""
        request = yield from self.control.asked(number, change, login)
        receivers = {"customer_service": 1, "quality": 1, "engineering": 1}
        since = self.world.today + timedelta(days=REVIEWED)
        release = yield from self.control.sent(request, login, receivers, since)
        while release.step == "department_check":
            yield None
            self.control.turn(release)

    def _being_written(self, number: str, change: Change, login: str) -> Acts:
        """The draft says it in the new words; nobody has sent it round."""
        request = yield from self.control.asked(number, change, login)
        self.control.written(request, login)

    def _small_work(self, login: str, days: int) -> Acts:
        """A work document that is in force for some time, until nobody needs it any more."""
        home = self.control.department("warehouse").id
        values = {**small_work.VALUES, "department_id": home, "readers": [home]}
        by = self.control.actor(login)
        one = texts.begin(small_work.NUMBER, values, by=by, now=self.world.now)
        yield None
        release = self.control.sent_round(one, login, {"warehouse": 1})
        yield from self.control.released(release)
        yield from self.control.handed_out(release)
        yield timedelta(days=days)
        yield from self.control.withdrawn(small_work.NUMBER, small_work.WITHDRAWN, login)
        yield from self.control.recalled(release)


def _before(end: datetime, days: int) -> datetime:
    return end - timedelta(days=days)
