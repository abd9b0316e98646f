"""The one family of answers that mean "no, because": shown beside the act, never a crash."""

from __future__ import annotations

from portal.lib.i18n import _l


class Refusal(Exception):
    """An act that the rules do not allow; its text is shown to the person, nothing is written."""

    status = 422
    text: object = _l("这个操作目前不能进行。")

    def __init__(self, text: object | None = None, **facts: object) -> None:
        super().__init__()
        self.facts = facts
        if text is not None:
            self.text = text

    def __str__(self) -> str:
        text = str(self.text)
        return text % self.facts if self.facts else text


class NotFound(Refusal):
    """The thing does not exist, or not for this person: both look the same from outside."""

    status = 404
    text = _l("没有找到这个页面，或者您没有查看它的权限。")


class NotAllowed(Refusal):
    """The person lacks the right to this act on a thing that they may see."""

    status = 403
    text = _l("您没有进行这个操作的权限。")


class AnswersWrong(Refusal):
    """Answers are missing or wrong: each says so beside its field, and what was typed is kept as a draft."""

    text = ""


class NotYourTurn(Refusal):
    """The person holds no open task for this step."""

    status = 403
    text = _l("现在没有等您处理的这一步。")


class AlreadyDecided(Refusal):
    """Somebody else has decided this step first."""

    status = 409
    text = _l("这一步已由%(who)s于%(when)s处理，您的操作没有写入。")


class Lapsed(Refusal):
    """The time for this step has run out, and the record has moved on by itself."""

    status = 409
    text = _l("这一步已到期，记录已自动转到后面的步骤，您的操作没有写入。")


class ContentChanged(Refusal):
    """The content is no longer what the signer was shown."""

    status = 409
    text = _l("您打开页面之后，内容已被修改。请核对最新内容后再签署，您填写的文字仍保留在页面上。")


class ChangedMeanwhile(Refusal):
    """Somebody has saved the thing since the page that changes it was drawn."""

    status = 409
    text = _l("您打开页面之后这里已被修改：%(said)s。您的更改没有写入，填写的内容还在本页；请核对后再保存。")


class OwnWork(Refusal):
    """A person may not check, approve or accept what they did themselves."""

    status = 403
    text = _l("不能审核自己填写或办理的内容，请由其他有权限的人员处理。")


class OwnTask(NotAllowed):
    """An administrator would take over somebody's task, and so sign for others."""

    text = _l("管理员不能把他人的任务交给自己。")


class IdentityNotConfirmed(Refusal):
    """Signing needs the password again."""

    status = 401
    text = _l("密码不正确，签署没有写入。")


class PasswordMissing(IdentityNotConfirmed):
    """Signing needs the password again, and none was typed."""

    text = _l("签署前请输入密码，没有写入。")


class ReasonMissing(Refusal):
    """The act must be explained."""

    text = _l("请填写理由。")


class RecordClosed(Refusal):
    """The record is finished, refused or withdrawn: it does not change any more."""

    status = 409
    text = _l("这条记录已经结束，不能再修改。")
