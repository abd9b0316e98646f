"""Notices as sentences, in the reader's language."""

import re
from pathlib import Path

import pytest
from flask import Flask

import portal
from portal.domain.notices import DONE_WITH_TASK, GROUP, KINDS, MAIL, OTHER, ROBOT, kind_of
from portal.web.notices import sentence


@pytest.mark.usefixtures("context")
class TestSentences:
    def test_task(self) -> None:
        said = sentence("task", {"step": "purchasing_approval"}, "PU-04-2026-0001", "PU-04")
        assert said == "采购订货单 PU-04-2026-0001 等您办理：采购部经理审批"

    def test_no_reason_leaves_no_colon(self) -> None:
        assert sentence("returned", {"reason": ""}, "PU-04-2026-0001", "PU-04").endswith("重新提交")

    def test_text_in_both_languages(self) -> None:
        said = sentence("told", {"text": {"zh": "已关闭", "en": "closed"}}, "PU-04-2026-0001", "PU-04")
        assert said == "已关闭（采购订货单 PU-04-2026-0001）"

    def test_without_a_record(self) -> None:
        assert sentence("told", {"text": {"zh": "请核实。", "en": "Check."}}, None, None) == "请核实。"

    def test_draft_names_the_form(self) -> None:
        assert "“入库审核单”" in sentence("draft", {"form": "WH-02"}, "PU-05-2026-0001", "PU-05")
        assert "“XX-99”" in sentence("draft", {"form": "XX-99"}, "PU-05-2026-0001", "PU-05")

    def test_unknown_kind_and_step_still_say_something(self) -> None:
        assert "PU-04-2026-0001" in sentence("never_heard_of", {}, "PU-04-2026-0001", "PU-04")
        assert sentence("task", {"step": "gone"}, "PU-04-2026-0001", "PU-04").endswith("gone")

    def test_text_with_percent_signs(self) -> None:
        assert "100%s" in sentence("comment", {"text": "100%s", "who": "赵敏"}, "PU-04-2026-0001", "PU-04")

    def test_outside_says_nothing_that_the_record_says(self) -> None:
        facts = {"text": {"zh": "秘密", "en": "secret"}, "reason": "秘密", "who": "赵敏", "step": "approve"}
        for kind in (*KINDS, "never_heard_of"):
            said = sentence(kind, facts, "PU-04-2026-0001", "PU-04", outside=True)
            assert "PU-04-2026-0001" in said
            assert "秘密" not in said, kind


@pytest.mark.parametrize("kind", ["obligation", "obligation_due", "obligation_missed"])
def test_a_mail_about_an_obligation_names_no_customer(context: Flask, kind: str) -> None:
    facts = {"text": {"zh": "请办理：电话拜访（湖州泰和）", "en": "Please call Taihe"}}
    assert "湖州泰和" in sentence(kind, facts, None, None)
    assert "湖州泰和" not in sentence(kind, facts, None, None, outside=True)


def test_every_kind_that_services_write_is_described(context: Flask) -> None:
    services = Path(portal.__file__).parent / "services"
    told = set()
    for file in services.glob("*.py"):
        told |= set(re.findall(r'notices\.tell\(\s*[^"]*?"([a-z_]+)",\s*now', file.read_text(), re.S))
    assert told
    assert told <= set(KINDS), told - set(KINDS)


def test_every_kind_belongs_to_a_group_that_can_be_chosen() -> None:
    assert {kind.group for kind in KINDS.values()} == set(GROUP)
    assert all(group.mail in MAIL and group.robot in ROBOT for group in GROUP.values())
    assert set(DONE_WITH_TASK) <= set(KINDS)
    assert kind_of("never_heard_of") is OTHER
    assert OTHER.group in GROUP
