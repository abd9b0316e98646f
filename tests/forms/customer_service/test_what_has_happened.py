"""What a form says has happened has happened: no answer about the past lies ahead of the moment at which it is given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.forms.base import Sheet
from portal.forms.customer_service import (
    complaint_stages,
    dispatch_order_stages,
    follow_up_call,
    independent_follow_up,
    intake,
    no_order_entry,
    repair_request_stages,
    return_visit_stages,
    service_voucher_stages,
)
from portal.forms.customer_service.administration_record import AdministrationRecord
from portal.forms.customer_service.complaint import Complaint
from portal.forms.customer_service.completion_documents import CompletionDocuments, Handover
from portal.forms.customer_service.improvement_report import ToCustomer
from portal.forms.customer_service.inactive_contact import InactiveContact
from portal.forms.customer_service.intake import Intake
from portal.forms.customer_service.maintenance_contract import CustomerDecision
from portal.forms.customer_service.relay_note import RelayNote
from portal.forms.customer_service.repair_request import RepairRequest
from portal.forms.customer_service.return_visit import ReturnVisit
from portal.forms.customer_service.service_voucher import ServiceVoucher
from portal.forms.customer_service.supplementary_contract import CustomerSign
from portal.forms.customer_service.technical_support import TechnicalSupport
from portal.forms.customer_service.warning_notice import WarningNotice
from portal.lib.clock import day
from tests.forms.customer_service.conftest import NOW

AHEAD = "不能晚于现在，请填写实际发生的时间"
PAST = [
    (no_order_entry.PhoneVisit, "called_at", {"reached": False}),
    (InactiveContact, "contacted_at", {}),
    (independent_follow_up.VisitRecord, "visited_on", {}),
    (ReturnVisit, "visited_at", {}),
    (return_visit_stages.IssueHandling, "solved_at", {"can_decide": True}),
    (return_visit_stages.CrossDepartment, "department_solved_at", {"department_solved": True}),
    (return_visit_stages.ResultToCustomer, "told_customer_at", {}),
    (follow_up_call.FollowUpCall, "called_at", {}),
    (follow_up_call.CallAgain, "called_at", {}),
    (WarningNotice, "received_at", {}),
    (WarningNotice, "discovered_on", {}),
    (RelayNote, "received_at", {}),
    (Complaint, "received_at", {}),
    (Complaint, "delivery_date", {}),
    (complaint_stages.CallBack, "called_back_at", {}),
    (complaint_stages.CallTry, "tried_at", {}),
    (complaint_stages.ValidityDecision, "replied_at", {"complaint_valid": False}),
    (complaint_stages.OverdueLine, "told_customer_at", {}),
    (complaint_stages.ResultConfirmation, "result_told_at", {}),
    (ToCustomer, "sent_on", {}),
    (TechnicalSupport, "received_at", {}),
    (CompletionDocuments, "completed_on", {}),
    (Handover, "handed_over_on", {}),
    (CustomerDecision, "signed_on", {"outcome": "signed"}),
    (CustomerSign, "signed_on", {}),
    (RepairRequest, "received_at", {}),
    (repair_request_stages.RepairFeedback, "finished_at", {}),
    (repair_request_stages.ReturnVisit, "visited_at", {}),
    (dispatch_order_stages.OnSite, "arrived_at", {}),
    (dispatch_order_stages.WorkFinished, "finished_at", {}),
    (ServiceVoucher, "started_at", {}),
    (ServiceVoucher, "ended_at", {}),
    (service_voucher_stages.HandIn, "received_on", {}),
    (AdministrationRecord, "work_date", {}),
    (Intake, "received_at", {}),
    (intake.OtherMatter, "result_at", {}),
    (intake.ToldCustomer, "told_at", {}),
]


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize(
    ("sheet", "name", "more"), PAST, ids=[f"{sheet.__name__}.{name}" for sheet, name, _more in PAST]
)
def test_it_has_happened(sheet: type[Sheet], name: str, more: dict[str, object]) -> None:
    is_day = getattr(sheet(), name).kind == "date"

    def errors(moment: datetime) -> list[str]:
        given = day(moment) if is_day else moment
        form = sheet(answers={name: given, **more}, context={"@now": NOW})
        form.validate()
        return list(getattr(form, name).errors)

    assert AHEAD in errors(NOW + (timedelta(days=1) if is_day else timedelta(minutes=1)))
    assert AHEAD not in errors(NOW)


@pytest.mark.usefixtures("app_context")
def test_what_is_to_be_done_lies_ahead() -> None:
    for moment, good in (
        (NOW - timedelta(minutes=1), False),
        (NOW, False),
        (NOW + timedelta(minutes=1), True),
    ):
        form = complaint_stages.Assignment(answers={"solve_by": moment}, context={"@now": NOW})
        form.validate()
        assert ("solve_by" not in form.errors) == good
