"""CS-35 开票资料."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, Updates, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Email, Phone, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer
from portal.lib.i18n import _l
from portal.lib.likeness import plain_code
from portal.queries import customers

LENGTHS = (15, 18, 20)  # characters of a taxpayer's number
FACTS = (
    *("invoice_name", "tax_no", "invoice_address", "invoice_phone", "bank", "bank_account"),
    *("invoice_kind", "invoice_email"),
)


class InvoicingDetails(CompanyForm):
    """Takes down how a customer wants to be invoiced, under the customer's seal."""

    code = "CS-35"
    name = _l("开票资料")
    slug = "invoicing-details"
    section = "customer_files"
    procedure = "CS-P-03#invoicing"
    opened_by = ("customer_service_officer", "salesperson")
    readers = ("customer_service_officer",)
    columns = (
        *("number", "customer", "invoice_name", "tax_no", "invoice_address", "bank", "bank_account"),
        *("current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    invoice_name = Text(_l("开票名称"))
    tax_no = Text(_l("纳税人识别号"), max=40, help=_l("15、18 或 20 位数字和字母"))
    invoice_address = Text(_l("地址"))
    invoice_phone = Phone(_l("电话"))
    bank = Text(_l("开户行"))
    bank_account = Text(_l("账号"), max=40)
    invoice_kind = Choice(
        _l("发票类型"),
        {
            "special_vat_invoice": _l("增值税专用发票"),
            "ordinary_vat_invoice": _l("增值税普通发票"),
            "electronic_invoice": _l("电子发票"),
        },
    )
    invoice_email = Email(_l("收票邮箱"), required=False)
    sealed_copy = Attachments(_l("客户盖章件"))

    signoff = Route(
        Step(
            "finance_check",
            _l("财务主管核对"),
            role("finance_supervisor"),
            meaning="verified",
            within=working_days(1),
        ),
    )

    def compute(self) -> None:
        """Both numbers in half width and capitals, without blanks."""
        super().compute()
        self.tax_no.data = plain_code(self.tax_no.data)
        self.bank_account.data = plain_code(self.bank_account.data)

    def heading(self) -> str:
        """The customer."""
        return self.customer.data.text if self.customer.data else ""

    def check(self) -> None:
        """Numbers that are none are caught before an invoice bears them."""
        number, account = self.tax_no.data or "", self.bank_account.data or ""
        if len(number) not in LENGTHS or not (number.isascii() and number.isalnum()):
            self.refuse("tax_no", _l("纳税人识别号应为 15、18 或 20 位数字和字母，请核对"))
        if not account.replace("-", "").isdigit():
            self.refuse("bank_account", _l("账号应由数字组成，请核对"))

    @staticmethod
    @after("finance_check", _l("开票资料写入客户资料库，并登记客户证照台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The customer's row knows how to invoice, and the papers of the customer have one more."""
        customer = record["customer"]
        known = customers.find(customer.id)
        given = {name: record[name] or "" for name in FACTS}
        yield Updates("customer", customer.id, {"facts": {**(known.facts if known else {}), **given}})
        yield PostsEntry(
            "customer_papers",
            {
                "customer_id": customer.id,
                "customer": customer.text,
                "paper": str(_l("开票资料")),
                "number": record["tax_no"],
                "issuer": "",
                "issued_on": "",
                "expires_on": "",
                "original_seen": None,
                "scan": "、".join(file["name"] for file in record["sealed_copy"]),
            },
            customer_id=customer.id,
        )
