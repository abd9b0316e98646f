"""What each kind of event of the audit trail says, after the name of who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.lib.i18n import LANGUAGES, _l

Facts = Mapping[str, Any]
Text = Any  # a lazy text, or a function that picks one by the facts


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that a reader of the trail looks for together."""

    key: str
    title: Any
    texts: Mapping[str, Text]


def either(name: str, value: object, this: Text, other: Text) -> Callable[[Facts], Text]:
    """One text where a fact has a value, else the other."""
    return lambda facts: this if facts.get(name) == value else other


ACCESS = {
    "signed_in": either("way", "provider", _l("以单点登录进入门户"), _l("登录门户")),
    "signed_out": _l("退出门户"),
    "record_looked_at": _l("查阅了 %(number)s 的%(what)s"),
    "session_ended": _l("结束了%(person)s的一个登录会话"),
    "sign_in_after_end": _l("在账号到期后登录，被拒绝"),
    "sign_in_failed": _l("有人用账号“%(account)s”登录，密码错误"),
    "provider_refused": _l("单点登录未成功（账号“%(account)s”），被拒绝"),
    "confirmation_failed": _l("账号“%(account)s”确认身份时密码错误"),
    "signing_failed": _l("账号“%(account)s”签署时密码错误"),
    "second_factor_failed": _l("账号“%(account)s”密码正确，动态验证码错误"),
    "passkey_failed": _l("账号“%(account)s”的通行密钥验证未通过"),
    "upload_infected": _l("上传的“%(file)s”中发现“%(found)s”，被拒绝"),
    "password_change_failed": _l("账号“%(account)s”修改密码时原密码错误"),
}
PEOPLE = {
    "company_founded": _l("建立了公司数据，共 %(people)s 人"),
    "administrator_created": _l("创建了首位管理员%(person)s（登录名 %(login)s）"),
    "person_created": _l("新增人员%(person)s（登录名 %(login)s，工号 %(number)s）"),
    "person_changed": _l("修改了%(person)s的资料"),
    "person_retired": _l("停用了%(person)s的账号"),
    "person_reinstated": _l("恢复了%(person)s的账号"),
    "password_reset": _l("重置了%(person)s的密码"),
    "password_left_to_directory": _l("让公司目录核对%(person)s的密码"),
    "password_changed": _l("修改了自己的密码"),
    "provider_tied": _l("以单点登录账号 %(subject)s 首次登录，绑定于该账号"),
    "provider_tie_ended": _l("解除了%(person)s与单点登录账号 %(subject)s 的绑定"),
    "own_key_made": _l("设置了本人密钥，公钥指纹 %(sha256)s"),
    "own_key_renewed": _l("换新了本人密钥，公钥指纹 %(sha256)s，原指纹 %(before)s"),
    "own_key_ended": either(
        "why",
        "withdrawn",
        _l("停用了本人密钥，公钥指纹 %(sha256)s"),
        _l("%(person)s的本人密钥随之停用，公钥指纹 %(sha256)s"),
    ),
    "second_factor_set_up": _l("设置了两步验证"),
    "second_factor_renewed": _l("换新了两步验证"),
    "recovery_codes_renewed": _l("换新了恢复码"),
    "recovery_code_used": _l("用掉了一个恢复码，还剩 %(left)s 个"),
    "passkey_added": _l(
        "添加了通行密钥“%(name)s”，公钥指纹 %(sha256)s，并声明以其所做的签署与手写签名具有同等效力"
    ),
    "passkey_removed": _l("移除了通行密钥“%(name)s”，公钥指纹 %(sha256)s"),
    "second_factor_reset": _l("重置了%(person)s的两步验证"),
    "second_factor_ended": either(
        "why", "retired", _l("%(person)s的两步验证随之停用"), _l("停用了验证器应用")
    ),
    "signature_statement_given": _l("声明以本人密码所做的签署与手写签名具有同等效力"),
    "preference_changed": either(
        "name", "language", _l("把界面语言改为 %(value)s"), _l("把界面外观改为 %(value)s")
    ),
    "account_end_set": either(
        "ends_on",
        None,
        _l("取消了%(person)s账号的截止日期"),
        _l("把%(person)s账号的截止日期设为 %(ends_on)s"),
    ),
    "account_ended": _l("%(person)s的账号于 %(ends_on)s 到期"),
    "role_granted": either(
        "ends_on",
        None,
        _l("授予%(person)s“%(role)s”，自 %(starts_on)s 起"),
        _l("授予%(person)s“%(role)s”，%(starts_on)s 至 %(ends_on)s"),
    ),
    "role_ended": _l("收回%(person)s的“%(role)s”"),
    "substitution_set": _l("设置%(substitute)s代理%(person)s，%(starts_on)s 至 %(ends_on)s，范围：%(forms)s"),
    "substitution_ended": _l("结束了%(substitute)s对%(person)s的代理"),
    "department_changed": _l("修改了%(department)s的设置"),
    "work_handed_over": _l("把%(person)s名下 %(count)s 项任务转交给%(to)s"),
    "notices_chosen": _l("修改了自己接收通知的方式"),
    "robot_set": _l("设置了自己的群机器人"),
    "robot_removed": _l("删除了自己的群机器人"),
    "staff_imported": _l("从表格导入了 %(count)s 人"),
}
SETTINGS = {
    "record_printed": either(
        "copy", 0, _l("生成了 %(number)s 的英文正本"), _l("领取了 %(number)s 的第 %(copy)s 号副本")
    ),
    "limit_changed": _l("把“%(limit)s”由 %(old)s 改为 %(new)s"),
    "calendar_day_set": either("working", True, _l("把 %(day)s 设为工作日"), _l("把 %(day)s 设为休息日")),
    "calendar_day_removed": _l("取消了对 %(day)s 的特别设置"),
    "customer_state_changed": _l("把客户%(name)s的状态由“%(old_state)s”改为“%(new_state)s”"),
    "obligation_arose": _l("产生了义务“%(obligation)s”：%(about)s"),
    "obligation_missed": _l("义务“%(obligation)s”逾期未办：%(about)s"),
    "obligation_put_aside": _l("搁置了“%(obligation)s”：%(about)s"),
    "obligation_number_changed": _l("把义务“%(obligation)s”的“%(which)s”由 %(old)s 改为 %(new)s"),
    "obligation_switched": either(
        "on", True, _l("启用了义务“%(obligation)s”"), _l("停用了义务“%(obligation)s”")
    ),
    "public_page_switched": either("on", True, _l("打开了对外受理页面"), _l("关闭了对外受理页面")),
    "ballot_box_opened": _l("打开了 %(year)s 年度员工满意度调查，截止 %(closes_on)s"),
    "ballot_box_extended": _l("把 %(year)s 年度员工满意度调查的截止日期改为 %(closes_on)s"),
    "ballot_box_closed": _l("结束了 %(year)s 年度员工满意度调查，收到 %(count)s 份答卷"),
    "place_added": _l("登记了库位 %(place)s"),
    "place_renamed": _l("把库位 %(place)s的名称由“%(old)s”改为“%(new)s”"),
    "place_closed": _l("停用了库位 %(place)s"),
    "place_reopened": _l("重新启用了库位 %(place)s"),
    "seal_made": _l("自制了单位证书 %(serial)s，有效期至 %(until)s"),
    "seal_renewed": _l("换发了单位证书 %(serial)s，有效期至 %(until)s"),
    "seal_imported": _l("导入了单位证书 %(serial)s，有效期至 %(until)s"),
    "outbox_tried_again": _l("让待发件 %(row)s 重新发送"),
    "outbox_all_tried_again": _l("让停下的 %(count)s 件待发件重新发送"),
    "outbox_given_up": _l("放弃了待发件 %(row)s"),
    "trail_exported": either(
        "rows", None, _l("导出了审计追踪"), _l("导出了审计追踪，%(rows)s 行（%(format)s）")
    ),
    "trail_reviewed": _l("复核了 %(since)s 至 %(until)s 的审计追踪，范围：%(filter)s，%(count)s 条"),
    "sample_exported": _l("导出了抽样：从 %(many)s 条记录中抽取 %(rows)s 条，种子“%(seed)s”（%(format)s）"),
    "finding_noted": _l("就 %(number)s 记下了审核发现（%(grade)s），已请质量部处理"),
    "findings_exported": _l("导出了审核发现，%(rows)s 行（%(format)s）"),
    "validation_report_taken": _l("下载了验证报告（%(format)s）：共 %(count)s 项，已证明 %(shown)s 项"),
    "package_asked": _l("索取了审计资料包 %(package)s，%(rows)s 条记录"),
    "package_made": _l("制成了审计资料包 %(package)s，%(rows)s 条记录，SHA-256 %(sha256)s"),
    "package_taken": _l("下载了审计资料包 %(package)s，%(rows)s 条记录"),
    "exported": _l("导出了“%(register)s”，%(rows)s 行（%(format)s）"),
    "restored": _l("从 %(made_at)s 的备份恢复了全部数据"),
}
RECORDS = {
    "record_submitted": _l("提交了 %(number)s"),
    "record_changed": _l("更正了内容（第 %(version)s 版），改动：%(fields)s"),
    "record_withdrawn": _l("撤回了记录"),
    "record_given_up": _l("放弃，不再提交"),
    "record_finished": _l("办理完毕"),
    "record_refused": _l("以拒绝结束"),
    "record_voided": _l("作废了记录"),
    "record_closed": _l("因“%(reason)s”不再需要这条记录"),
    "record_corrected": _l("由 %(corrected_by)s 冲销更正"),
    "public_request_received": _l("收到外部来信，回执编号 %(receipt)s"),
    "public_request_closed": _l("不作受理，关闭了外部来信 %(receipt)s"),
    "draft_opened": _l("生成了待填写的 %(form)s"),
    "draft_submitted": _l("据此提交了 %(number)s"),
    "comment_added": _l("发表了评论"),
    "copied_to": _l("抄送%(people)s"),
    "urged": _l("发出了催办"),
    "asked_done": _l("完成了待办“%(title)s”"),
    "master_changed": _l("更新了%(table)s %(row)s"),
    "stage_changed": either(
        "stood",
        None,
        _l("更新了%(project)s的“%(stage)s”的计划"),
        _l("把%(project)s的“%(stage)s”记为“%(stood)s”"),
    ),
    "stage_adjusted": _l("调整了%(project)s的“%(stage)s”"),
    "posting_read": _l("已阅读"),
    "document_begun": _l("开始编写“%(document)s”"),
    "document_saved": _l("修改了“%(document)s”的草稿"),
    "document_dropped": _l("放弃了草稿“%(document)s”"),
    "document_sent": _l("“%(document)s”送审"),
    "document_released": _l("“%(document)s”发布，自 %(effective_on)s 起生效"),
    "document_read": _l("已阅读“%(document)s”"),
    "redline_attached": _l("附上了“%(document)s”与上一版的对照稿"),
    "document_printed": either(
        "copy", "", _l("打印了“%(document)s”（非受控）"), _l("打印了“%(document)s”的受控副本 %(copy)s")
    ),
    "document_exported": _l("导出了“%(document)s”的 Word 文件"),
    "review_restarted": _l("收回“%(document)s”修改，审批重新开始；理由：%(reason)s"),
    "posting_reminded": _l("提醒了 %(people)s 人阅读"),
    "print_stored": either("seal", None, _l("生成 PDF 并存档"), _l("生成 PDF，加盖单位电子签章并存档")),
}
STEPS = {
    "step_signed": either(
        "outside",
        "",
        _l("签署“%(step)s”（%(meaning)s）"),
        _l("见证外部签字人%(outside)s签署“%(step)s”（%(meaning)s）"),
    ),
    "step_advised": _l("对“%(step)s”答复了意见"),
    "step_returned": _l("在“%(step)s”退回%(back_to)s"),
    "step_refused": _l("在“%(step)s”拒绝"),
    "step_resumed": _l("“%(step)s”又有人可以办理，继续流转"),
    "step_stuck": _l("“%(step)s”没有人可以办理，已通知管理员"),
    "reminded": _l("“%(step)s”已逾期，提醒了办理人"),
    "escalated": _l("“%(step)s”逾期未办，上报%(heads)s"),
    "step_lapsed": _l("“%(step)s”到期无人办理、没有签署，已自动转到“%(onward)s”，并告知%(heads)s"),
    "entries_asked": _l("请办理人补充登记“%(step)s”（%(days)s），累计缺 %(missing)s 天"),
    "entry_added": _l("补充登记“%(step)s”"),
    "signer_added": either(
        "where", "before", _l("在“%(step)s”前加签%(person)s"), _l("在“%(step)s”后加签%(person)s")
    ),
    "advice_asked": _l("就“%(step)s”征求%(person)s的意见"),
    "handed_over": _l("把“%(step)s”转办给%(person)s"),
    "rerouted": _l("以管理员身份把“%(step)s”改派给%(person)s"),
    "task_moved": _l("因人员变动把“%(step)s”由%(person)s转给%(to)s"),
    "outside_link_made": _l("为“%(step)s”生成了外部签字链接，发给%(sent_to)s"),
}
GROUPS = (
    Group("records", _l("记录的提交与结束"), RECORDS),
    Group("steps", _l("签署与流转"), STEPS),
    Group("people", _l("人员与权限"), PEOPLE),
    Group("access", _l("登录与身份"), ACCESS),
    Group("settings", _l("设置与导出"), SETTINGS),
)
TEXTS: dict[str, Text] = {kind: text for group in GROUPS for kind, text in group.texts.items()}
EXCEPTIONS = (
    "sign_in_failed", "sign_in_after_end", "confirmation_failed", "signing_failed", "password_change_failed", "password_reset", "password_left_to_directory", "provider_tie_ended", "session_ended",
    "upload_infected",
    "step_stuck", "rerouted", "step_refused", "record_refused", "record_given_up", "record_changed", "record_corrected",
    "role_granted", "role_ended", "account_end_set", "account_ended", "person_retired", "person_reinstated", "limit_changed", "public_page_switched",
    "public_request_closed", "trail_exported", "trail_reviewed", "exported", "restored", "outbox_given_up",
    "escalated", "step_lapsed", "obligation_missed", "obligation_number_changed", "obligation_switched",
)  # fmt: skip
NEUTRAL = _l("记录了事件 %(kind)s")
PREFERENCES = {**LANGUAGES, "auto": _l("自动"), "light": _l("浅色"), "dark": _l("深色")}
TABLES = {
    "customer": _l("客户"),
    "supplier": _l("供应商"),
    "project": _l("项目"),
    "product": _l("产品"),
    "stock_item": _l("库存物料"),
    "machine": _l("单机（车辆）"),
    "document": _l("受控文件"),
    "asset": _l("信息资产"),
}
COLUMNS = {
    "number": _l("工号"),
    "name": _l("姓名"),
    "department_id": _l("部门"),
    "email": _l("邮箱"),
    "phone": _l("电话"),
    "head_id": _l("部门负责人"),
    "name_en": _l("英文名称"),
    "aliases": _l("别名"),
}
