"""The charts of customer service: how long steps take, complaints, the funnel, satisfaction after repair."""

from __future__ import annotations

from portal.forms import customer_parts
from portal.forms.charts.chart import FUNNEL, Asked, Bar, Chart, averaged, counted, largest
from portal.forms.customer_service.complaint_stages import PARTIES
from portal.forms.titles import step_title
from portal.lib.i18n import _l
from portal.queries import chart_figures, departments, funnel, stage_answers
from portal.queries.chart_figures import Source

SLOWEST = 12  # steps that the chart of times shows
FUNNEL_WORDS = {
    funnel.RESPONSE: _l("推广响应"),
    funnel.CHECKED: _l("价值验证"),
    funnel.ALLOCATED: _l("潜在客户"),
    funnel.OPPORTUNITY: _l("机会"),
    funnel.QUOTED: _l("报价"),
    funnel.ORDERED: _l("订单"),
    funnel.SERVED: _l("服务"),
}
SATISFIED = {"1": _l("满意"), "0": _l("不满意")}
RATINGS = {
    "attitude_rating": _l("服务态度"),
    "speed_rating": _l("服务速度"),
    "skill_rating": _l("技术水平"),
}


def _turns(asked: Asked) -> Source:
    return chart_figures.turns(asked.codes, asked.since)


def _slowest(asked: Asked) -> list[Bar]:
    found = chart_figures.medians(_turns(asked), asked.seen_by)
    bars = []
    for part, hours in found.items():
        code, _slash, step = part.partition("/")
        title = f"{code} {step_title(code, step, asked.language)}"
        bars.append(Bar(part, title, (round(hours, 1),)))
    return largest(bars, SLOWEST)


def _parties(asked: Asked) -> Source:
    answer = stage_answers.text("investigation", "responsible_party")
    return chart_figures.submitted("CS-51", asked.since, answer)


def _departments(asked: Asked) -> Source:
    answer = stage_answers.whole_number("investigation", "responsible_department", "id")
    return chart_figures.submitted("CS-51", asked.since, answer)


def _by_department(asked: Asked) -> list[Bar]:
    names = departments.names(asked.language)
    return counted(_departments, lambda id: names.get(int(id), ""))(asked)


def _repairs(asked: Asked) -> Source:
    return chart_figures.submitted(
        "CS-76", asked.since, stage_answers.yes_or_no("return_visit", "owner_satisfied")
    )


def _vouchers(asked: Asked) -> Source:
    return chart_figures.ratings("CS-78", asked.since, "customer_sign", list(RATINGS))


def _funnel(asked: Asked) -> list[Bar]:
    cards = funnel.cards(asked.seen_by, asked.now)
    many = {place: sum(card.place == place for card in cards) for place in funnel.PLACES}
    return [Bar(place, str(FUNNEL_WORDS[place]), (many[place],)) for place in funnel.PLACES] if cards else []


CUSTOMER_SERVICE = (
    Chart(
        "step_times",
        _l("用时最长的步骤（中位数）"),
        _slowest,
        (_l("小时"),),
        source=_turns,
    ),
    Chart(
        "complaints_by_party",
        _l("投诉的责任归属"),
        counted(_parties, lambda key: PARTIES.get(key, key)),
        (_l("投诉"),),
        source=_parties,
        forms=("CS-51",),
    ),
    Chart(
        "complaints_by_department",
        _l("投诉的责任部门"),
        _by_department,
        (_l("投诉"),),
        source=_departments,
        forms=("CS-51",),
    ),
    Chart(
        "funnel",
        _l("销售漏斗"),
        _funnel,
        (_l("数量"),),
        shape=FUNNEL,
        link="/customer-service/funnel",
        open_to=customer_parts.may_see,
        forms=(funnel.PROSPECT, funnel.QUOTATION, funnel.ORDER, *funnel.SERVICE),
        periodic=False,
    ),
    Chart(
        "repair_satisfaction",
        _l("报修回访：业户是否满意"),
        counted(_repairs, lambda key: SATISFIED.get(key, key)),
        (_l("报修"),),
        source=_repairs,
        forms=("CS-76",),
    ),
    Chart(
        "service_ratings",
        _l("服务凭证：客户评分（平均）"),
        averaged(_vouchers, RATINGS),
        (_l("平均分"),),
        source=_vouchers,
        forms=("CS-78",),
    ),
)
