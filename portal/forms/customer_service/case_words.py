"""What the forms of the case library have in common: groups of problems, and how a case is named."""

from __future__ import annotations

from portal.lib.i18n import _l

GROUPS = {
    "master_plan_public_facilities_and_landscape": _l("总体规划、公共设施和景观绿化"),
    "main_building_and_inside_the_flat": _l("建筑主体及户内"),
    "living_performance_and_equipment_positions": _l("居住性能、影响居住的设备布点"),
    "construction_quality": _l("工程质量类"),
}
WORK_STAGES = {
    "scheme_design": _l("方案设计阶段"),
    "construction_drawing": _l("施工图设计"),
    "construction": _l("施工阶段"),
    "marketing": _l("营销阶段"),
}
AVOID_AT = {**WORK_STAGES, "handover_and_after_sales": _l("交付及售后")}
NOT_IN_LIBRARY = _l("%(case)s尚未进入案例库或已被更正，请改选案例库中的案例")
