"""The controlled documents of the made-up company: its procedures as they stood when the books were opened."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.demo import rows
from portal.extensions import db
from portal.models import Department
from portal.queries import documents
from portal.services import library
from portal.storage.shipped import shipped

YEAR = timedelta(days=365)

# number | title | kind | department | version
PROCEDURES = """
CS-P-01 | 技术支持服务流程 | procedure | customer_service | 1.0
CS-P-02 | 客户服务管理流程 | system | customer_service | 1.0
CS-P-03 | 客户服务管理制度及工作流程 | procedure | customer_service | 2.0
CS-P-04 | 客户投诉处理流程 | procedure | customer_service | 1.0
CS-P-05 | 售后服务管理办法及工作流程 | procedure | customer_service | 1.0
CS-P-06 | 客服工作流程 | procedure | customer_service | 1.0
CR-P-01 | 客户关系管理全流程 | procedure | customer_service | 1.0
CR-P-02 | 客户关系管理流程 | procedure | customer_service | 2.0
EN-P-01 | 工程部工作流程 | procedure | engineering | 1.0
RD-P-01 | 技术部开发设计流程 | procedure | engineering | 1.0
WD-P-01 | 设计部工作流程 | procedure | design | 1.0
PL-P-01 | 项目前期工作流程管理 | procedure | design | 1.0
PU-P-01 | 采购、盘点、图书购销及报损业务流程 | procedure | purchasing | 1.0
QA-P-01 | 信息沟通控制程序 | procedure | quality | 1.0
QA-P-02 | 客户满意度控制程序 | procedure | quality | 1.0
IC-P-01 | 信息沟通管理制度 | rule | quality | 1.0
IS-P-01 | 信息安全管理流程说明书 | procedure | quality | 2.0
WH-S-01 | 盘点规定 | rule | warehouse | 1.0
IS-S-01 | 策略声明（信息安全方针） | policy_statement | quality | 1.0
IS-S-02 | 风险准则 | standard | quality | 1.0
"""


def load(effective_on: date, apart: timedelta, *, by: int, now: datetime) -> None:
    """Takes in the first edition of each, in force since this day; each is reviewed a while `apart` from the one before."""
    library.load(shipped(), effective_on=effective_on, by=by, now=now, editions=1)
    departments = {one.key: one.id for one in db.session.scalars(sa.select(Department))}
    for line in PROCEDURES.strip().splitlines():
        number, title, kind, department, version = (part.strip() for part in line.split("|"))
        if documents.by_number(number) is None:
            rows.add(
                "document",
                code=number,
                name=title,
                sort=kind,
                version=version,
                effective_on=effective_on,
                department_id=departments[department],
            )
    for place, document in enumerate(documents.all_documents()):
        document.next_review_on = effective_on + YEAR + apart * place
    db.session.flush()
