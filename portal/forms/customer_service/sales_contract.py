"""CS-34 销售合同(购销合同)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import VOIDED, Effect, Opens, PostsCredit, after
from portal.domain.signoff import Route, Step, outside, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service import claims, contract_postings, silence, trade
from portal.forms.customer_service.first_papers import papers_on_file
from portal.forms.customer_service.officers import officer_of
from portal.forms.customer_service.quoted import CENT, reckon, refuse_total
from portal.forms.customer_service.sales_contract_stages import Acceptance, CustomerSigned
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Person, Product
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import half_width
from portal.queries import customers, orders

FILE_WITHIN = timedelta(days=3)  # calendar days from acceptance to the customer's file
FIRST = equals("first_cooperation", True)


class ProductRow(Sheet):
    """One product that the customer buys."""

    product = Product(_l("产品"))
    specification = Text(_l("规格"), required=False)
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit_price = Money(_l("单价"))
    amount = Money(_l("金额"), computed=True)


class PaymentRow(Sheet):
    """One instalment of the price."""

    name_ = Text(_l("款项"), max=60)
    due_on = Day(_l("应付日期"))
    amount = Money(_l("金额"), low=CENT)


class SalesContract(CompanyForm):
    """Registers a contract with a customer, has it signed by both sides and accepted, and claims its price."""

    code = "CS-34"
    name = _l("销售合同(购销合同)")
    slug = "sales-contracts"
    section = "customer_files"
    procedure = "CR-P-01#contracts"
    opened_by = ("salesperson", "sales_manager")
    covers = ("合同/订单登记",)
    readers = ("salesperson", "sales_manager", "customer_service_officer", "engineering_manager")
    columns = (
        *("number", "contract_no", "contract_kind", "customer", "amount", "start_date", "end_date"),
        *("signed_on", "accepted_on", "current_step", "due_at", "status"),
    )

    contract_no = Text(_l("合同编号"), max=60)
    contract_kind = Choice(
        _l("合同类型"),
        {
            "sales_contract": _l("销售合同"),
            "purchase_and_sale_contract": _l("购销合同"),
            "works_contract": _l("工程合同"),
        },
    )
    customer = Customer(_l("客户"))
    first_cooperation = YesNo(
        _l("是否新合作客户"), computed=True, help=_l("还没有客户档案编号的客户为新合作客户")
    )
    products = Rows(_l("购买产品"), ProductRow)
    amount = Money(_l("合同金额"), computed=True)
    main_terms = LongText(_l("主要条款"))
    start_date = Day(_l("开始日期"))
    end_date = Day(_l("终止日期"))
    our_signer = Person(_l("我方签署人"))
    customer_signer = Text(_l("客户签署人"), max=60)
    credit_days = Integer(
        _l("账期(天)"),
        high=3650,
        required=False,
        when=FIRST,
        help=_l("只为新合作客户首次设定；已建档客户按信用额度账期台帐执行"),
    )
    credit_limit = Money(_l("信用额度"), required=False, when=FIRST)
    payment_plan = Rows(
        _l("付款计划"),
        PaymentRow,
        required=False,
        help=_l("没有分期时留空，全部金额按账期应付；没有账期的在终止日期应付"),
    )
    contract_file = Attachments(_l("电子版合同"))

    signoff = Route(
        Step(
            "director_review",
            _l("营销总监审核"),
            role("marketing_director"),
            meaning="checked",
            within=working_days(2),
        ),
        Step("gm_sign", _l("总经理签字"), role("general_manager"), within=working_days(2)),
        Step(
            "customer_sign",
            _l("客户签署"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(5),
            fills=CustomerSigned,
        ),
        Step(
            "acceptance",
            _l("合同验收"),
            role("customer_service_supervisor"),
            meaning="accepted",
            within=working_days(2),
            fills=Acceptance,
            clause="CS-P-03#new-customers",
        ),
    )

    def compute(self) -> None:
        """The contract's number in half width, the price, and whether it is the first contract with the customer."""
        super().compute()
        self.contract_no.data = half_width(self.contract_no.data or "")
        self.amount.data = reckon(self.products.rows, "unit_price")
        customer = self.customer.data
        self.first_cooperation.data = not customers.has_file(customer.id) if customer else None

    def heading(self) -> str:
        """The contract's number and the customer."""
        customer = self.customer.data
        return f"{self.contract_no.data or ''} {customer.text if customer else ''}".strip()

    def check(self) -> None:
        """R15, and what contradicts itself."""
        if self.customer.data:
            self._check_trade(self.customer.data.id)
        if other := orders.with_contract_no(self.contract_no.data or "", self.itself):
            self.refuse("contract_no", _l("合同编号已登记在 %(number)s 中"), number=other)
        if self.start_date.data and self.end_date.data and self.end_date.data < self.start_date.data:
            self.refuse("end_date", _l("终止日期不能早于开始日期"))
        refuse_total(self, "products", self.amount.data)
        self._check_plan()

    def _check_trade(self, customer: int) -> None:
        """R15: one first contract is open to a customer without a file, a blocked customer gets none."""
        barrier = trade.barrier(customer)
        earlier = orders.of_customer(customer, self.code, but=self.itself)
        if barrier is trade.BLOCKED:
            self.refuse("customer", barrier)
        elif barrier is not None and earlier:
            self.refuse(
                "customer",
                _l("该客户的首份合同 %(number)s 还没有建档，完成客户档案建立表（CS-36）后才能签订新的合同"),
                number=earlier[0][1],
            )

    def _check_plan(self) -> None:
        plan = self.payment_plan.data
        if plan and sum((row["amount"] or 0 for row in plan), Decimal(0)) != self.amount.data:
            self.refuse(
                "payment_plan", _l("付款计划各款项之和须等于合同金额（%(amount)s）"), amount=self.amount.data
            )
        names = [row["name"] for row in plan]
        for place, row in enumerate(self.payment_plan.rows):
            if row.name_.data and row.name_.data in names[:place]:
                row.refuse("name", _l("款项名称不能重复"))

    @staticmethod
    @after(
        "customer_sign",
        _l(
            "登记应收及回款台帐；新合作客户登记信用额度账期台帐；更新客户的最近订货日期，结束未办完的未订货登记"
        ),
    )
    def claim(record: Filed) -> Iterator[Effect]:
        """The price is owed from the customer's signature on; a new customer gets its first limit and term with it."""
        customer = record["customer"].id
        if record["first_cooperation"]:
            yield from contract_postings.first_credit(record)
        yield from claims.claim(record.id, customer, contract_postings.claimed(record))
        yield from contract_postings.ordered(record)
        yield from silence.end_silence(customer, record.number)

    @staticmethod
    @after(VOIDED, _l("放弃合同时冲销应收，并恢复原信用额度和账期"))
    def take_back(record: Filed) -> Iterator[Effect]:
        """A contract that is given up claims nothing, and gives no credit."""
        customer = record["customer"].id
        yield from claims.claim(record.id, customer, ())
        now, before = customers.standing(customer), customers.standing(customer, {record.id})
        if now and before and (now.limit, now.days) != (before.limit, before.days):
            yield PostsCredit(customer, before.limit, before.days, day(record.now))

    @staticmethod
    @after("acceptance", _l("新合作客户：生成客户档案建立表草稿，验收后 3 天内建档"))
    def open_file(record: Filed) -> Iterator[Effect]:
        """R13: the file is made within three days of acceptance."""
        if not record["first_cooperation"]:
            return
        customer, accepted_on = record["customer"], record["accepted_on"]
        known = customers.find(customer.id)
        yield Opens(
            "CS-36",
            {
                "customer": customer,
                "contract_accepted_on": accepted_on,
                "customer_kind": "new_customer",
                "papers_checklist": papers_on_file(customer.id),
            },
            to=officer_of(known, day(record.now)),
            names_as="contract",
            due=accepted_on + FILE_WITHIN,
        )
