"""The few words that stand on every print, so that it needs no web application to speak a language."""

from __future__ import annotations

from collections.abc import Callable

ENGLISH = {
    "编号": "No.",
    "表单": "Form",
    "打印时间": "Printed",
    "程序版本": "Program",
    "空白表单": "BLANK FORM",
    "未完成": "UNFINISHED",
    "审批流程": "Sign-off route",
    "签署": "Signatures",
    "环节": "Step",
    "签署人": "Signed by",
    "签署含义": "Meaning",
    "手写签名": "Drawn signature",
    "时间": "Time",
    "摘要": "Digest",
    "意见：": "Opinion: ",
    "本人密钥": "own key",
    "通行密钥确认": "confirmed by passkey",
    "代": "on behalf of",
    "附件": "Attachments",
    "文件名": "File name",
    "类型": "Type",
    "大小": "Size",
    "履历": "History",
    "人员": "Person",
    "事项": "Event",
    "图片无法显示": "picture cannot be shown",
    "序号": "#",
    "尚无签署": "No signatures yet.",
    "版本": "Revision",
    "摘要：": "Summary",
    "目录": "Contents",
    "要求留下记录的条款": "clause that asks for a record",
    "原文件之外补充的条款": "clause added to what was laid down before",
    "条款": "Clauses",
    "保存年限": "Kept for",
    "生效日期": "In force from",
    "修订说明": "What has changed",
    "状态": "State",
    "本文件没有绑定表单。": "No forms are bound to this document.",
    "尚未发布。": "Not released yet.",
    "验证报告": "Validation report",
    "依据": "Source",
    "测试": "Test",
    "结果": "Result",
    "数据库": "Database",
    "没有记录到测试结果。": "No result of a test is recorded.",
    "尚缺：": "Lacking: ",
    "对照": "Redline",
    "图例：": "Legend: ",
    "新增文字": "text that came",
    "删除文字": "text that went",
    "改动一览": "Changes",
    "文件信息的改动": "Changes beside the text",
    "表单和流程的改动": "Changes of forms and routes",
}


def speaker(language: str) -> Callable[[str], str]:
    """Says a word of the print in a language, `zh` or `en`."""
    return ENGLISH.__getitem__ if language == "en" else str


def row_count(count: int, language: str) -> str:
    """How many rows a table has, beside its name."""
    if language != "en":
        return f"共 {count} 行"
    return f"{count} row" if count == 1 else f"{count} rows"
