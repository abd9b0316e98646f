"""A photo that cannot be taken just now stays on the device, says why, and is sent when it can be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Served, Visit
from tests.journeys.test_offline import FORM, SUPERVISOR, photos, takes_photo


@pytest.mark.proves("S39")
def test_a_photo_beyond_the_share_of_the_day_waits_and_says_why(served: Served, visit: Visit) -> None:
    config = served.app.config
    wide = config["SETTINGS"]
    config["SETTINGS"] = wide.model_copy(update={"upload_day_megabytes": 0})
    ma = visit(served, SUPERVISOR, phone=True)
    ma.go(FORM)
    takes_photo(ma)
    expect(ma.page.locator(".upload-state").first).to_contain_text("您 24 小时内最多上传 0 MB，还剩 0.0 MB")
    expect(ma.page.locator(".file-chip.is-waiting")).to_have_count(1)
    assert photos(served) == 0
    config["SETTINGS"] = wide
    ma.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(ma.page.locator(".file-chip.is-waiting")).to_have_count(0)
    assert photos(served) == 1
    ma.complaints[:] = [said for said in ma.complaints if "429" not in said]
