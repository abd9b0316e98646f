"""CR-05 产品目录及统一定价登记表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Made, PostsPrice, Updates, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Product
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.likeness import plain_code
from portal.queries import prices, products

CENT = Decimal("0.01")
CATEGORY = "产品"  # of a product's stock item
NEW = equals("request_kind", "new_product")
KNOWN = differs("request_kind", "new_product")
PRICED = differs("request_kind", "discontinue")


class ProductCatalogue(CompanyForm):
    """Enters a product into the catalogue with its uniform price, changes the price, or ends the sale."""

    code = "CR-05"
    name = _l("产品目录及统一定价登记表")
    slug = "product-catalogue"
    section = "crm"
    procedure = "CR-P-01#products"
    opened_by = ("salesperson", "sales_manager")
    covers = ("统一定价表(价格审批)", "产品目录(产品线/产品分类)登记表")
    columns = (
        *("number", "request_kind", "product", "product_line", "product_name", "product_code", "unit"),
        *("stocked", "uniform_price", "valid_from", "current_step", "due_at", "status"),
    )

    request_kind = Choice(
        _l("登记类型"),
        {"new_product": _l("新增产品"), "price_change": _l("调整价格"), "discontinue": _l("停售")},
    )
    product = Product(_l("产品"), when=KNOWN, help=_l("停售的产品调整价格后恢复销售"))
    product_line = Text(_l("产品线(分类)"), max=60, when=NEW)
    product_name = Text(_l("产品名称"), max=120, when=NEW)
    product_code = Text(_l("产品编码"), max=40, when=NEW, help=_l("每个产品一个编码，不含空格"))
    model = Text(_l("型号规格"), max=120, required=False, when=NEW)
    unit = Text(_l("单位"), max=20, when=NEW)
    stocked = YesNo(_l("是否库存管理"), when=NEW, help=_l("选“是”时同时建立结存为零的库存品"))
    old_price = Money(_l("原价"), computed=True, required=False, when=equals("request_kind", "price_change"))
    uniform_price = Money(_l("统一定价"), low=CENT, when=PRICED)
    valid_from = Day(_l("价格生效日期"), when=PRICED, help=_l("总经理在此日之后批准的，自批准之日起生效"))
    warranty_months = Integer(_l("保修期(月)"), high=600, required=False, when=NEW)
    description = LongText(_l("产品说明"), required=False)

    signoff = Route(
        Step(
            "finance_check",
            _l("财务主管核对"),
            role("finance_supervisor"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Close(),
        ),
        Step(
            "director_review",
            _l("营销总监审核"),
            role("marketing_director"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Close(),
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(2),
            on_refusal=Close(),
            clause="CR-P-02#uniform-price",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A price from today."""
        return {"valid_from": self.today}

    def heading(self) -> str:
        """The product."""
        return self.product_name.data or (self.product.data.text if self.product.data else "")

    def compute(self) -> None:
        """The code as it is kept, and the price that the new one follows."""
        super().compute()
        self.product_code.data = plain_code(self.product_code.data)
        found = None
        if self.product.data:
            found = prices.on(self.product.data.id, self.valid_from.data or self.today, self.itself)
        self.old_price.data = found.quantize(CENT) if found is not None else None

    def check(self) -> None:
        """A code is one product's; a price changes, and not in the past; a sale ends once."""
        entered = products.entered_by(self.itself)
        other = products.with_code(self.product_code.data) if self.product_code.data else None
        if other is not None and (entered is None or other.id != entered.id):
            self.refuse(
                "product_code",
                _l("产品目录中已有编码为 %(code)s 的产品“%(product)s”；请核对编码，已有产品请选择“调整价格”"),
                code=other.code,
                product=other.name,
            )
        earliest = min(filter(None, (self.today, prices.first_day(self.itself))))
        if self.valid_from.data and self.valid_from.data < earliest:
            self.refuse("valid_from", _l("价格生效日期不能早于 %(day)s"), day=earliest)
        if self.old_price.data is not None and self.uniform_price.data == self.old_price.data:
            self.refuse("uniform_price", _l("与原价相同，没有需要调整的内容"))
        found = products.find(self.product.data.id) if self.product.data else None
        if self.request_kind.data == "discontinue" and found and found.state == "discontinued":
            self.refuse("product", _l("该产品已经停售，不需要再次登记"))

    @staticmethod
    @after("gm_approval", _l("登记产品目录和统一定价表；库存管理的新产品同时建立库存品"))
    def publish(record: Filed) -> Iterator[Effect]:
        """A new product is a row of the catalogue, with a stock item where it is kept; the rest changes one."""
        if record["request_kind"] == "discontinue":
            yield Updates("product", record["product"].id, {"state": "discontinued"})
            return
        valid_from = record["valid_from"]
        if record["@corrects"] is None:
            valid_from = max(valid_from, day(record.now))
        if record["request_kind"] == "price_change":
            found = products.find(record["product"].id)
            if found is not None and found.state != "on_sale":
                yield Updates("product", found.id, {"state": "on_sale"})
            yield PostsPrice(record["product"].id, record["uniform_price"], valid_from)
            return
        entered = products.entered_by(record.itself)
        item: int | Made | None = entered.item_id if entered and record["stocked"] else None
        if record["stocked"] and item is None:
            yield Updates(
                "stock_item",
                None,
                {"name": record["product_name"], "category": CATEGORY, "unit": record["unit"]},
            )
            item = Made("stock_item")
        values = {
            "code": record["product_code"],
            "name": record["product_name"],
            "model": record["model"] or "",
            "line": record["product_line"],
            "unit": record["unit"],
            "warranty_months": record["warranty_months"] or 0,
            "item_id": item,
        }
        yield Updates("product", entered.id if entered else None, values)
        yield PostsPrice(Made("product"), record["uniform_price"], valid_from)
