"""DS-17: a site looked after: faults become matters of service, a domain is renewed in time."""

from __future__ import annotations

from typing import Any

import pytest

from portal.demo.stories import website_lists as lists
from portal.demo.stories.websites import STORIES
from portal.forms.design.website_maintenance import WebsiteMaintenance
from portal.forms.kinds import Ref
from portal.services import asks
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.design.studio import SITE, Studio, points


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website that the customer has."""
    found = studio.opened()
    studio.delivered(found)
    return found


def check(project: Ref, failed: tuple[int, ...] = (), **changed: Any) -> dict[str, Any]:
    return {
        "project": project,
        "site_address": SITE,
        "checked_on": TODAY,
        "check_points": points(*lists.SITE_CHECKS, failed=failed),
        "maintenance_done": "更新补丁",
        **changed,
    }


def test_a_site_that_is_not_accepted_has_no_follow_up(studio: Studio) -> None:
    assert wrong(studio.sheet("DS-17", "programmer", **check(studio.opened()))) == {"project"}


def test_what_has_failed_is_said_and_the_customer_told(studio: Studio, project: Ref) -> None:
    assert wrong(studio.sheet("DS-17", "programmer", **check(project, (2,)))) == {"faults"}
    answers = check(project, (2,), faults="留言超时")
    assert wrong(studio.sheet("DS-17", "programmer", **answers)) == {"customer_told"}
    assert wrong(studio.sheet("DS-17", "programmer", **check(project, checked_on=days(1)))) == {"checked_on"}


def test_a_site_is_looked_at_once_it_is_accepted(studio: Studio, project: Ref) -> None:
    assert wrong(studio.sheet("DS-17", "programmer", **check(project, checked_on=days(-1)))) == {"checked_on"}


def test_a_fault_becomes_a_matter_of_service(studio: Studio, project: Ref) -> None:
    answers = check(project, (2,), faults="留言超时", customer_told=True)
    record = studio.submit("DS-17", "programmer", **answers)
    assert studio.signers(record) == {"design_manager"}
    assert studio.drafts(record, "CS-01") == []
    studio.sign(record)
    begun = studio.drafted(record, "CS-01")
    assert (begun["problem"], begun["channel"]) == ("留言超时", "website")
    assert begun["customer"] == studio.ref(studio.customer())


@pytest.mark.parametrize(("ahead", "asked"), [(60, 1), (61, 0), (None, 0)])
def test_a_domain_that_expires_soon_is_renewed(
    studio: Studio, project: Ref, ahead: int | None, asked: int
) -> None:
    expires = days(ahead) if ahead is not None else None
    record = studio.submit("DS-17", "programmer", **check(project, domain_expires_on=expires))
    studio.sign(record)
    assert [studio.held(task) for task in studio.asked(record)] == [{"project_manager"}] * asked
    assert studio.drafts(record, "CS-01") == []


def test_a_renewal_that_waits_is_not_asked_for_again_by_the_next_check(studio: Studio, project: Ref) -> None:
    def looked(ahead: int) -> list[Any]:
        record = studio.submit("DS-17", "programmer", **check(project, domain_expires_on=days(ahead)))
        studio.sign(record)
        return studio.asked(record)

    (first,) = looked(30)
    assert looked(30) == []
    assert len(looked(40)) == 1, "another day is another renewal"
    asks.tick_off(first.id, studio.actor("project_manager"), "", now=studio.now)
    assert len(looked(30)) == 1, "said to be done, but the domain still ends"


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    tell(WebsiteMaintenance, STORIES["DS-17"], seed)
