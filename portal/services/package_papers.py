"""The papers of a package: what to read first, the list for a spreadsheet, the manifest that vouches for all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import current_app

from portal.forms.words import STATES
from portal.lib.certificates import Identity, fingerprint
from portal.lib.csv_rows import as_csv
from portal.lib.hashing import canonical_json
from portal.lib.i18n import _, speaking
from portal.models import AuditPackage
from portal.queries import audit_tree
from portal.services import sealing
from portal.storage import audit_key, seal_folder

FORMAT = "portal-package/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.p7s"
Entries = list[dict[str, Any]]
Keys = list[tuple[str, bytes]]


def head(package: AuditPackage, now: datetime) -> dict[str, Any]:
    """How the manifest begins: who asked for what, and when."""
    return {
        "format": FORMAT,
        "company": current_app.config["SETTINGS"].company,
        "package": package.id,
        "asked_at": package.asked_at.isoformat(),
        "asked_by": {"name": package.person.name, "number": package.person.number},
        "asked": package.asked,
        "made_at": now.isoformat(),
        "count": package.total,
    }


def read_me(head: Mapping[str, Any], by: Identity | None) -> bytes:
    """What is in the package and how it is verified, Chinese and English."""
    told = []
    for language in ("zh", "en"):
        with speaking(language):
            told.append("\n\n".join(_paragraphs(head, by)))
    return f"{told[0]}\n\n\n{told[1]}\n".encode()


def keys() -> Iterator[tuple[str, bytes]]:
    """What the package is verified by: the last checkpoint, its key, the certificates to trust; as far as they are there."""
    settings = current_app.config["SETTINGS"]
    last, trust = audit_tree.last(), sealing.folder() / seal_folder.TRUST
    if last is not None:
        yield "checkpoint.txt", last.note.encode()
    yield "audit-key.pub", f"{audit_key.public_line(settings.portal_data, settings.company)}\n".encode()
    if trust.exists():
        yield "trust.pem", trust.read_bytes()


def index(entries: Entries) -> Iterator[bytes]:
    """The list of the records for a spreadsheet, in Chinese."""
    with speaking("zh"):
        heads = [
            _("顺序"), _("记录编号"), _("表单"), _("标题"), _("部门"), _("状态"), _("发起人"), _("提交时间"), _("结束时间"),
            _("记录文件"), _("附件数"), _("证明"),
        ]  # fmt: skip
        states = {key: str(said) for key, said in STATES.items()}
    yield from as_csv(heads, ([place, *_cells(one, states)] for place, one in enumerate(entries, 1)))


def manifest(
    head: Mapping[str, Any], entries: Entries, members: list[dict[str, str | int]], by: Identity | None
) -> bytes:
    """What vouches for the rest: the head, each record with what there is of it, each other member with its hash."""
    certificate = fingerprint(by.certificate) if by else None
    return canonical_json({**head, "certificate": certificate, "records": entries, "members": members})


def _cells(one: dict[str, Any], states: dict[str, str]) -> list[Any]:
    plain = [one[name] for name in ("number", "form_title", "title", "department")]
    plain += [states.get(one["state"], one["state"]), one["applicant"], one["submitted_at"], one["closed_at"]]
    return [*plain, one["record"], len(one["attachments"]), one["proof"] or ""]


def _paragraphs(head: Mapping[str, Any], by: Identity | None) -> Iterator[str]:
    yield _("审计资料包 %(id)d · %(company)s", id=head["package"], company=head["company"])
    yield _("共 %(count)d 条记录。", count=head["count"])
    yield "\n".join(
        (
            _(
                "records/：办结记录存档的 PDF，数据和单位电子签章在文件里；未办结或尚未存档的记录只有 JSON 数据。"
            ),
            _("attachments/：各记录的附件原件，文件名已改成安全的写法，原名在 manifest.json。"),
            _("proofs/：各记录最后一个事件在默克尔树中的证明；检查点之后才有事件的记录没有证明。"),
            _("index.csv：记录清单，可用电子表格打开。"),
            _(
                "manifest.json：索取人、条件、每个文件的大小和 SHA-256；manifest.json.p7s 是单位证书对它的签名。"
            ),
            _("checkpoint.txt、audit-key.pub：最近的检查点和验证它的公钥；trust.pem：所信任的证书。"),
            _("verify_record.py：核验程序，只需 Python 3.11 以上和 pyHanko，不联网。"),
        )
    )
    if by is None:
        yield _("注意：单位没有证书，这个资料包没有签名，不能证明出自谁手、是否改动。")
    yield _(
        "核验（请用另外取得的 trust.pem 和 verify_record.py，包里的只供参考；公钥与邮件中的检查点核对）："
    )
    yield "    pip install pyhanko\n    python verify_record.py PACKAGE.zip --trust trust.pem"
    yield _("只核对签名和哈希，不用这个程序：解压后运行")
    yield (
        "    openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile trust.pem"
        " -purpose any -out /dev/null\n    sha256sum records/*"
    )
