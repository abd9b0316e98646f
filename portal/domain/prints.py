"""Prints of records: originals and numbered copies, and what is told of one to whoever holds it."""

from __future__ import annotations

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l

LANGUAGES = {"zh": _l("中文"), "en": _l("英文")}
ORIGINAL = 0  # number of what copies are made of
GROUPS = 4  # of signs in a code
LARGEST_FILE = 48 * 1024 * 1024  # bytes of a file that is checked
ROWS_AT_ONCE = 3_000  # of all tables of a record that is printed while somebody waits, some 40 seconds
AN_HOUR = 30  # copies that one person may ask for


class NotFinished(Refusal):
    """Only what is finished has an original."""

    status = 409
    text = _l("记录办结后才能领取副本；办理中的记录请直接打印。")


class OriginalComing(Refusal):
    """The original is being made."""

    status = 409
    text = _l("正本正在生成，请稍后再领取副本。")


class TooManyCopies(Refusal):
    """One person asks for very many."""

    status = 429
    text = _l("您一小时内领取的副本太多，请稍后再试。")


class PrintsBusy(Refusal):
    """Others are printing, or the person's own last print is still being made."""

    status = 503
    text = _l("打印的人较多，或者您的上一份打印件还在生成，请稍后再试。")


class TooLongToWait(Refusal):
    """The print would keep a process busy for minutes while somebody waits."""

    text = _l(
        "这条记录的表格共有 %(rows)d 行，打印要几分钟，办结前不能马上打印。办结后会自动生成 PDF；现在可以导出 JSON 数据。"
    )


class TooLargeToPrint(Refusal):
    """The print took more time or memory than one may while somebody waits."""

    text = _l("这份打印件太大，超出了打印的时间或内存，没有生成。请减少内容（例如很宽或很长的表格）后再试。")


class FileMissing(Refusal):
    """Nothing was dropped, or something far too large."""

    text = _l("请选择一个 PDF 文件，不超过 48 MB。")
