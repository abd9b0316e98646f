"""PostgreSQL is killed in the midst of submissions and signatures: it or its standby goes on, and so does the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.crash import run
from benchmarks.postgres import Cluster
from tests.faults.server import tell

pytestmark = pytest.mark.postgres
LOAD: dict[str, Any] = {"rounds": 1, "requests": 40, "connections": 8, "seed": 11}


def nothing_lost(rounds: list[dict[str, int]]) -> None:
    """Whatever was acknowledged is there, as else the run would have ended, and the portal has taken the rest again."""
    assert [row["again"] for row in rounds] == [row["under way"] for row in rounds]
    assert all(row["acknowledged"] >= 8 for row in rounds)
    assert sum(row["under way"] for row in rounds) > 0, "nothing was under way when the server died"


@pytest.mark.proves("F2", "F8")
def test_what_was_acknowledged_outlives_the_death_of_the_database(cluster: Cluster, tmp_path: Path) -> None:
    nothing_lost(list(run(tmp_path, cluster.url("portal"), victim=cluster, **LOAD)))


class Pair:
    """A primary that dies, and a standby that takes its place."""

    def __init__(self, primary: Cluster, standby: Cluster) -> None:
        self._primary, self._standby = primary, standby

    def kill(self) -> None:
        """Ends the primary, which has waited for its standby with each commit."""
        assert tell(self._primary.url("portal"), "SELECT sync_state FROM pg_stat_replication") == "sync"
        self._primary.kill()

    def start(self) -> None:
        """Lets the standby lead."""
        self._standby.promote()


@pytest.mark.proves("F12")
def test_a_standby_takes_over_and_nothing_acknowledged_is_lost(
    cluster: Cluster, place: Path, tmp_path: Path
) -> None:
    standby = Cluster(place / "standby")
    standby.follow(cluster)
    standby.start()
    try:
        tell(cluster.url("portal"), "ALTER SYSTEM SET synchronous_standby_names = '*'")
        tell(cluster.url("portal"), "SELECT pg_reload_conf()")
        url = cluster.url("portal", standby)
        nothing_lost(list(run(tmp_path, url, victim=Pair(cluster, standby), **LOAD)))
        assert tell(url, "SELECT current_setting('port')") == str(standby.port)
    finally:
        standby.remove()
