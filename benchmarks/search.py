"""How long the search takes among very many records: `python -m benchmarks.search`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

import sqlalchemy as sa

from portal.config import Settings
from portal.database import transaction
from portal.demo.company import seed_small
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.forms import project_parts
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.search_groups import kinds_for
from portal.lib.bigrams import code_words, phrases
from portal.lib.clock import today
from portal.models import Person, Record, RecordReader
from portal.queries import find
from portal.queries.actors import Actor, actor
from portal.search import index, words
from portal.services import content

PIECE = 2000
ROUNDS = 5
LOGINS = ("employee", "buyer", "foreman", "purchasing_manager", "general_manager", "auditor")
WORDS = (
    "锅炉 阀门 法兰 密封 垫片 螺栓 钢管 焊接 焊缝 探伤 打磨 喷漆 防腐 保温 吊装 脚手架 混凝土 浇筑 养护 钢筋 模板 基坑 降水 回填 "
    "放线 测量 标高 轴线 沉降 观测 隐蔽工程 验收 整改 复查 合格 不合格 返工 让步接收 退货 换货 到货 入库 出库 盘点 库存 短缺 损坏 "
    "受潮 变形 锈蚀 裂纹 渗漏 异响 振动 过热 跳闸 断路器 变压器 电缆 桥架 接地 绝缘 电机 减速机 轴承 润滑 液压 油缸 泵站 压力表 "
    "温度 流量 传感器 控制柜 程序 参数 调试 试运行 培训 操作规程 安全 动火作业 高处作业 受限空间 监护人 灭火器 应急预案 巡检 保养 "
    "维修 报修 派工 上门 回访 投诉 满意 处理意见 原因分析 纠正措施 预防措施 责任人 完成日期 客户 供应商 合同 订单 报价 折扣 付款 "
    "发票 质保期 质量证明书 材质报告 图纸 变更 设计 评审 样机 小批试制 工艺 工装 夹具 图号 版本 受控文件 发放 回收 作废 通知 会议 "
    "纪要 计划 进度 延期 天气 停工 复工 人员 班组 车辆 运输 装卸 现场 项目 一号楼 二号楼 地下室 屋面 外墙 门窗 幕墙 消防 给水 排水"
).split()
TYPED = (
    *("锅炉", "动火作业", "阀门密封", "验收", "不合格", "质量证明书", "焊缝探伤打磨", "锅", "水", "隐蔽工程 整改"),
    *("PU-04", "2026-0042", "DN80", "dn", "Q345B 钢管", "0042", "鲸鱼", "钢管焊接 2026", "PU-04-2026-0042", "密封垫片DN80"),
)  # fmt: skip


def fill(count: int, rng: Random) -> None:
    """The small company with so many records that consist of their place in the index and who may see them."""
    alembic.upgrade()
    with transaction():
        seed_small(datetime.now(UTC))
        versions = {code: content.form_version(form, datetime.now(UTC)).id for code, form in _forms()}
        people = [(one.id, one.name, one.department_id, one.department.key) for one in
                  db.session.scalars(sa.select(Person)).unique()]  # fmt: skip
        first = (db.session.scalar(sa.select(sa.func.max(Record.id))) or 0) + 1
    weights = list(accumulate(1 / (place + 3) for place in range(len(WORDS))))
    begun = time.perf_counter()
    for start in range(first, first + count, PIECE):
        records, readers, entries = [], [], []
        for id in range(start, min(start + PIECE, first + count)):
            code, form = rng.choice(_forms())
            person, name, department, key = rng.choice(people)
            number = f"{code}-2026-{id:04d}"
            at = datetime.now(UTC) - timedelta(minutes=count - id)
            state = rng.choice(("finished", "finished", "finished", "running", "returned", "voided"))
            text = list(_sentences(rng, weights))
            records.append({
                "id": id, "number": number, "key": f"k{id}", "form_code": code, "form_version_id": versions[code],
                "applicant_id": person, "department_id": department, "state": state, "round": 1, "version": 1,
                "step": "", "title": text[0], "cells": {}, "submitted_at": at,
            })  # fmt: skip
            keys = {f"person:{person}", f"head:{department}", *(f"role:{role}" for role in _signers(form))}
            keys.add(f"person:{rng.choice(people)[0]}")
            readers += [{"key": one, "form_code": code, "record_id": id} for one in keys]
            entries.append(
                index.Entry(
                    kind="record", row=id, code=number, title=text[0], body="\n".join(text[1:]), also=(name,),
                    spelt=code_words(number), sort=code, state=state, department=key, at=at,
                )
            )  # fmt: skip
        with transaction():
            connection = db.session.connection()
            connection.execute(sa.insert(Record.__table__), records)  # type: ignore[arg-type]
            connection.execute(sa.insert(RecordReader.__table__), readers)  # type: ignore[arg-type]
            index.put(entries, known=())
    seconds = time.perf_counter() - begun
    with transaction():
        words.tidy()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    else:
        with transaction():
            db.session.execute(sa.text("ANALYZE"))
    sys.stderr.write(f"filled in {seconds:.0f} s\n")


def _forms() -> list[tuple[str, type[CompanyForm]]]:
    return [*list(FORMS.items())[::4], ("PU-04", FORMS["PU-04"])]


def _signers(form: type[CompanyForm]) -> set[str]:
    return {party.key for step in form.signoff.steps for party in step.by.parties if party.kind == "role"}


def _sentences(rng: Random, weights: list[float]) -> Iterator[str]:
    """A title and some answers, a hundred and fifty characters or so; some words are common, others rare."""
    yield "".join(rng.choices(WORDS, cum_weights=weights, k=3))
    for _line in range(rng.randint(5, 12)):
        some = rng.choices(WORDS, cum_weights=weights, k=rng.randint(3, 8))
        if rng.random() < 0.3:
            some.insert(
                1, rng.choice((f"DN{rng.choice((50, 80, 100, 150))}", "Q345B", f"{rng.randint(1, 9999)}"))
            )
        yield "，".join(("".join(some[:4]), "".join(some[4:]))) + "。"


def measure() -> None:
    """Each text typed by each person: hits and milliseconds; then what ninety-five in a hundred take at most."""
    wall, busy = [], []
    sys.stdout.write(f"| typed | {' | '.join(LOGINS)} |\n|---|{'---|' * len(LOGINS)}\n")
    for typed in TYPED:
        row = []
        for login in LOGINS:
            by, took, used = _actor(login), [], []
            for _round in range(ROUNDS):
                db.session.rollback()
                server = _backend()
                begun = time.perf_counter(), time.process_time() + _busy(server)
                wanted = find.Wanted(phrases(typed))
                hits = find.records(wanted, by)
                find.others(wanted, kinds_for(by), project_parts.kinds_for(by), by)
                took.append((time.perf_counter() - begun[0]) * 1000)
                used.append((time.process_time() + _busy(server) - begun[1]) * 1000)
            wall += took
            busy += used
            row.append(f"{len(hits.ids)}{'+' if hits.more else ''}: {sorted(used)[ROUNDS // 2]:.1f}")
        sys.stdout.write(f"| {typed} | {' | '.join(row)} |\n")
    for name, every in (("by the clock", wall), ("of a processor", busy)):
        every.sort()
        parts = [f"{share}: {every[int(len(every) * share / 100)]:.1f} ms" for share in (50, 95, 99)]
        sys.stdout.write(f"{name} {', '.join(parts)}\n")


def _backend() -> int:
    """The process of PostgreSQL that serves this session, made to do all its work itself; none with SQLite."""
    if db.engine.dialect.name == "sqlite":
        return 0
    db.session.execute(sa.text("SET max_parallel_workers_per_gather = 0"))
    return int(db.session.scalar(sa.text("SELECT pg_backend_pid()")))


def _busy(process: int) -> float:
    """Seconds of a processor that a process on this machine has had."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9 if process else 0.0


def _actor(login: str) -> Actor:
    return actor(db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one(), today())


def main() -> None:
    """Fills a database, unless the folder holds one, and measures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("count", type=int, nargs="?", default=100_000)
    options.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    options.add_argument("--keep", type=Path, help="folder of the data, used again where it is filled")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        filled = (folder / "filled").exists()
        app = create_app(Settings(portal_data=folder, database_url=given.database))
        with app.app_context():
            if not filled:
                fill(given.count, Random(2026))
                (folder / "filled").touch()
            measure()
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
