"""PL-29: the request that comes first among the papers on earthquakes."""

from __future__ import annotations

import pytest
from permit_desk import effects, errors, left_out
from projects import begun

from portal.domain.effects import Opens

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.mark.requirement("R33")
def test_municipal_projects_write_none() -> None:
    assert errors("PL-29") == set()
    assert errors("PL-29", project=left_out("seismic")) == {"project"}


def test_it_may_be_prepared_before_its_stage_is_open() -> None:
    assert errors("PL-29", project=begun("permit")) == set()


def test_the_sealed_request_is_the_first_paper_of_the_application() -> None:
    (draft,) = effects("PL-29", "seal", construction_unit="恒远置业有限公司")
    assert isinstance(draft, Opens)
    assert (draft.code, draft.names_as) == ("PL-30", "request_letter")
    assert draft.answers["construction_unit"] == "恒远置业有限公司"
