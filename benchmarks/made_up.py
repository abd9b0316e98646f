"""Texts as people write them in records, made up: some words are common, others rare."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

WORDS = (
    "锅炉 阀门 法兰 密封 垫片 螺栓 钢管 焊接 焊缝 探伤 打磨 喷漆 防腐 保温 吊装 脚手架 混凝土 浇筑 养护 钢筋 模板 基坑 降水 回填 "
    "放线 测量 标高 轴线 沉降 观测 隐蔽工程 验收 整改 复查 合格 不合格 返工 让步接收 退货 换货 到货 入库 出库 盘点 库存 短缺 损坏 "
    "受潮 变形 锈蚀 裂纹 渗漏 异响 振动 过热 跳闸 断路器 变压器 电缆 桥架 接地 绝缘 电机 减速机 轴承 润滑 液压 油缸 泵站 压力表 "
    "温度 流量 传感器 控制柜 程序 参数 调试 试运行 培训 操作规程 安全 动火作业 高处作业 受限空间 监护人 灭火器 应急预案 巡检 保养 "
    "维修 报修 派工 上门 回访 投诉 满意 处理意见 原因分析 纠正措施 预防措施 责任人 完成日期 客户 供应商 合同 订单 报价 折扣 付款 "
    "发票 质保期 质量证明书 材质报告 图纸 变更 设计 评审 样机 小批试制 工艺 工装 夹具 图号 版本 受控文件 发放 回收 作废 通知 会议 "
    "纪要 计划 进度 延期 天气 停工 复工 人员 班组 车辆 运输 装卸 现场 项目 一号楼 二号楼 地下室 屋面 外墙 门窗 幕墙 消防 给水 排水"
).split()
WEIGHTS = list(accumulate(1 / (place + 3) for place in range(len(WORDS))))


def sentences(rng: Random) -> Iterator[str]:
    """A title and some answers, a hundred and fifty characters or so."""
    yield "".join(rng.choices(WORDS, cum_weights=WEIGHTS, k=3))
    for _line in range(rng.randint(5, 12)):
        some = rng.choices(WORDS, cum_weights=WEIGHTS, k=rng.randint(3, 8))
        if rng.random() < 0.3:
            some.insert(
                1, rng.choice((f"DN{rng.choice((50, 80, 100, 150))}", "Q345B", f"{rng.randint(1, 9999)}"))
            )
        yield "，".join(("".join(some[:4]), "".join(some[4:]))) + "。"
