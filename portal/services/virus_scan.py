"""Files that come in are shown to the virus scanner, where the settings name one; without its word none is taken."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import IO

from flask import current_app

from portal.domain.permissions import role_key
from portal.domain.refusal import Refusal
from portal.lib import clamd
from portal.lib.hashing import sha256_of
from portal.lib.i18n import _l, both
from portal.queries.actors import Actor
from portal.services import audit, notices

SECONDS = 30  # for one file
log = logging.getLogger("portal.scanner")


class Infected(Refusal):
    """The scanner has found something in the file."""

    text = _l("“%(name)s”中发现“%(found)s”，没有保存。已告知信息安全管理员。")


class ScannerAway(Refusal):
    """Nobody can say whether the file is clean, so it is not taken."""

    status = 503
    text = _l("病毒扫描暂时不可用，文件没有保存。请稍后再试；您填写的内容仍在。")


def found_in(stream: IO[bytes]) -> str:
    """What the scanner finds in a file; nothing for a clean one, or where there is no scanner.

    Raises:
        ScannerAway: it does not say.
    """
    address = current_app.config["SETTINGS"].clamd_address
    if not address:
        return ""
    stream.seek(0)
    try:
        return clamd.scan(address, stream, SECONDS)
    except clamd.ScannerSilent as problem:
        log.error("virus scanner: %s", problem)
        raise ScannerAway from None
    finally:
        stream.seek(0)


def report(
    name: str, found: str, stream: IO[bytes], *, by: Actor | None, address: str, now: datetime
) -> None:
    """Notes that a file was refused, and tells the security officer whose and what it was."""
    audit.note(
        "upload_infected",
        at=now,
        by=by.id if by else None,
        stream="access",
        address=address,
        file=name,
        found=found,
        sha256=sha256_of(stream),
    )
    facts = {"who": by.name if by else "—", "address": address, "name": name, "found": found}
    alarm = both(_l("%(who)s（%(address)s）上传的“%(name)s”中发现“%(found)s”，已拒收，请核实。"))
    text = {language: sentence % facts for language, sentence in alarm.items()}
    notices.tell([role_key("security_officer")], "told", now=now, repeat=False, text=text)
