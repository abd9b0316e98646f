"""PL-02 土地招拍挂手续或国土意见申请."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.effects import Effect, Tells, after
from portal.domain.signoff import Route
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, Moment, Money, Number, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project
from portal.lib.i18n import _l

STAGE = "land"
LAND_PAPER = _l("土地出让合同或国土意见")
TENDER = equals("application_kind", "tender_auction_or_listing")
CONTRACT = "land_grant_contract"
PAPERS = {CONTRACT: _l("土地出让合同"), "land_opinion": _l("国土意见")}
GIVES = {"tender_auction_or_listing": CONTRACT, "land_opinion": "land_opinion"}  # what each way ends in


class LandResult(permits.PermitResult):
    """What the land bureau has decided, and the contract or opinion."""

    papers = ("land_paper",)

    paper_kind = Choice(
        _l("取得文件"),
        PAPERS,
        when=permits.GRANTED,
    )
    land_price = Money(_l("成交价"), required=False, when=equals("paper_kind", CONTRACT))
    land_paper_no = external_papers.number(LAND_PAPER, when=permits.GRANTED)
    land_paper_issuer = external_papers.issuer(LAND_PAPER, _l("国土局"), when=permits.GRANTED)
    land_paper_issue_date = external_papers.issued(LAND_PAPER, when=permits.GRANTED)
    land_paper_expiry_date = external_papers.expires(LAND_PAPER, when=permits.GRANTED)
    land_paper_scan = external_papers.scan(LAND_PAPER, when=permits.GRANTED)

    def check(self) -> None:
        """A tender ends in a contract, an application in an opinion; nobody buys below the starting price."""
        super().check()
        wanted = GIVES.get(self.context.get("application_kind") or "")
        if wanted and self.paper_kind.data and self.paper_kind.data != wanted:
            self.refuse("paper_kind", _l("取得文件与办理方式不符"))
        price, start = self.land_price.data, self.context.get("starting_price")
        if price is not None and start is not None and price < start:
            self.refuse("land_price", _l("成交价不能低于起始价"))


class LandApplication(permits.Application, CompanyForm):
    """Gets the land: by tender, auction or listing, or by an opinion of the land bureau."""

    code = "PL-02"
    name = _l("土地招拍挂手续或国土意见申请")
    slug = "land-applications"
    section = "planning_permits"
    procedure = "PL-P-01#land"
    opened_by = ("planning_officer", "land_development_manager")
    readers = permits.READERS
    covers = ("土地出让合同或国土意见",)
    columns = (
        "number", "project", "application_kind", "construction_unit", "plot", "land_area", "land_use",
        "paper_kind", "land_paper_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    application_kind = Choice(
        _l("办理方式"),
        {"tender_auction_or_listing": _l("土地招拍挂手续"), "land_opinion": _l("国土意见申请")},
    )
    construction_unit = Text(_l("建设单位"))
    plot = Text(_l("地块"))
    land_area = Number(_l("用地面积(m2)"))
    land_use = Text(_l("土地用途"))
    plot_ratio = Number(_l("容积率"), required=False, high=50)
    starting_price = Money(_l("起始价"), required=False, when=TENDER)
    deposit = Money(_l("保证金"), required=False, when=TENDER)
    bid_until = Moment(_l("报名截止"), required=False, when=TENDER)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("申请书"),
            _l("营业执照复印件"),
            _l("法定代表人身份证明"),
            _l("授权委托书"),
            _l("资信证明"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("land_bureau_result", _l("国土局办理结果"), LandResult))

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def check(self) -> None:
        """The bidding is still open, and no deposit is larger than the price."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials, practice=range(len(self.materials.items)))
        permits.refuse_nothing(self, "land_area")
        moments.refuse_earlier(self, "bid_until", moments.submitted_at(self), _l("报名已经截止"))
        start, deposit = self.starting_price.data, self.deposit.data
        if start is not None and deposit is not None and deposit > start:
            self.refuse("deposit", _l("保证金不能高于起始价"))

    @staticmethod
    @after(
        "land_bureau_result",
        _l("文件登记入外来证照批文台帐，手续进度记下办理结果；未取得土地时告知规划设计部经理"),
    )
    def register_land(record: Filed) -> Iterator[Effect]:
        """The contract or opinion enters the ledger; where the bid is lost, the tracker may be closed as ended."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "land_paper", PAPERS[record["paper_kind"]])
        yield from permits.decided(record, STAGE, "land_paper")
        if record["decision"] == "refused":
            text = _l(
                "%(number)s：“%(project)s”未取得土地；不再办理的，请在项目前期手续进度台帐中以“项目终止”办结",
                number=record.number,
                project=record["project"].text,
            )
            yield Tells("role:planning_manager", text)
