"""The words of the information centre: where information comes from, what it is about, in which classes it is kept."""

from __future__ import annotations

from portal.lib.i18n import _l

VALUES = {"high": _l("大"), "medium": _l("中"), "low": _l("小")}
SOURCES = {
    "newspaper_or_periodical": _l("报刊"),
    "company_of_the_trade": _l("同行业企业"),
    "customer": _l("顾客"),
    "supplier": _l("供应商"),
    "department": _l("部门"),
    "website": _l("网站"),
    "other": _l("其他"),
}
PLANNED_SOURCES = {
    "company_of_the_trade": _l("同行业企业"),
    "newspaper": _l("报刊"),
    "website": _l("网站"),
    "customer": _l("顾客"),
    "supplier": _l("供应商"),
    "department": _l("部门"),
}
AREAS = {
    "production": _l("生产"),
    "technology": _l("技术"),
    "operations": _l("经营"),
    "quality": _l("质量"),
    "purchasing": _l("采购"),
    "other": _l("其他"),
}
CLASSES = {
    "market": _l("市场信息"),
    "customer": _l("顾客信息"),
    "supply": _l("供应信息"),
    "technology": _l("技术信息"),
    "production": _l("生产信息"),
    "quality": _l("质量信息"),
    "policy": _l("政策法规信息"),
    "management": _l("管理信息"),
    "other": _l("其他信息"),
}
LETTERS = {
    "market": "SC",
    "customer": "KH",
    "supply": "GY",
    "technology": "JS",
    "production": "CP",
    "quality": "ZL",
    "policy": "ZC",
    "management": "GL",
    "other": "QT",
}
"""How the code of a piece of information begins, by its class."""
TRANSFERS = {
    "information_transfer": _l("信息传递"),
    "major_change_alert": _l("重大信息变动预警"),
    "liaison_note": _l("联络单"),
}
BULLETIN, ISSUED = "bulletin", "issued_document"
ARCHIVE_CLASSES = {**CLASSES, **TRANSFERS, BULLETIN: _l("简报"), ISSUED: _l("下发文件")}
"""The classes of the archive: those of information, and the papers that the centre hands on."""
USUAL_CLASS = {
    "production": "production",
    "technology": "technology",
    "operations": "market",
    "quality": "quality",
    "purchasing": "supply",
}
QUALITY = {"not_quality": _l("非质量信息"), "class_a": _l("A类"), "class_b": _l("B类")}
NONE = "无"
