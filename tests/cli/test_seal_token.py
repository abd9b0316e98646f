"""`flask seal` with a key in a token, and with time stamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.cli.seal import WHY, WHY_STAMP, WHY_TOKEN
from portal.extensions import db
from portal.lib import certificates
from portal.lib.certificates import Identity
from portal.models import AuditEvent
from portal.pdf import stamp_authority
from portal.services import audit, sealing
from portal.storage import token as module
from portal.storage.token import Token
from tests.authority import make_clock, served
from tests.cli.test_seal_commands import NOW, OFFICE, folder, packed, run
from tests.jobs.test_prints_waiting import given, with_token
from tests.softhsm import PIN, Box, box
from tests.tables import hashes


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Box]:
    """One token, empty."""
    with box(tmp_path) as made:
        yield made


@pytest.fixture(params=["ec", "rsa"])
def token(app: Flask, tokens: Box, request: pytest.FixtureRequest) -> Token:
    """A key in it, which the settings name."""
    made = tokens.key(request.param)
    with_token(app, made)
    return made


def by_office(token: Token, **more: Any) -> Identity:
    """A certificate that others give to the key."""
    return certificates.make_signer("签发机构", OFFICE, now=NOW, held=token.held(), **more)


def held(app: Flask) -> Identity:
    """The certificate that seals."""
    with app.app_context():
        found = sealing.current()
    assert found is not None
    return found


def test_made_by_an_own_authority_shown_and_renewed(app: Flask, token: Token, tokens: Box) -> None:
    made = run(app, "make")
    assert made.exit_code == 0, made.output
    shown = run(app, "show")
    assert (shown.exit_code, shown.output) == (0, made.output)
    assert "Key           seal in the token 单位" in shown.output
    assert PIN not in shown.output
    first = held(app).certificate
    assert (folder(app) / "signer.pem").read_text().count("PRIVATE KEY") == 0
    assert (folder(app) / "ca-key.pem").read_text().count("PRIVATE KEY") == 2
    with_token(app, tokens.key("ec", "next"))
    assert run(app, "show").output.endswith(f"Error: {WHY_TOKEN['other key']}\n")
    renewed = run(app, "renew")
    assert renewed.exit_code == 0, renewed.output
    assert run(app, "show").exit_code == 0
    assert held(app).certificate != first
    assert (folder(app) / "earlier" / f"{first.serial_number:x}.pem").exists()


@pytest.mark.parametrize("way", ["token", "file"])
def test_taken_out_of_the_token_or_out_of_a_file(
    app: Flask, token: Token, tokens: Box, tmp_path: Path, way: str
) -> None:
    one = by_office(token)
    args = ["token"]
    if way == "token":
        tokens.put(OFFICE.certificate, "root")
        tokens.put(one.certificate)
    else:
        args.append(str(tmp_path / "given.pem"))
        (tmp_path / "given.pem").write_bytes(certificates.dump_public([OFFICE.certificate, one.certificate]))
    taken = run(app, *args)
    assert taken.exit_code == 0, taken.output
    assert (held(app).certificate, held(app).root) == (one.certificate, OFFICE.certificate)
    assert run(app, "show").exit_code == 0
    refused = run(app, "import", packed(tmp_path / "given.p12"))
    assert refused.exit_code == 1
    assert "flask seal token" in refused.output
    with app.app_context():
        kinds = list(db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.stream == "settings")))
        assert kinds[-1] == "seal_imported"
        assert PIN not in str(db.session.scalars(sa.select(AuditEvent.facts)).all())
        assert audit.verify()[1] is None


def test_what_does_not_fit_is_said_and_changes_nothing(app: Flask, tokens: Box, tmp_path: Path) -> None:
    token = tokens.key("ec")
    assert run(app, "token").output == "Error: No token is set: see SEAL_PKCS11_MODULE.\n"
    with_token(app, token)
    rows = hashes(app)
    ended = certificates.make_signer("签发机构", OFFICE, now=NOW, held=token.held())
    (tmp_path / "other.pem").write_bytes(certificates.dump_public([OFFICE.certificate]))
    (tmp_path / "none.pem").write_text("nothing")
    (tmp_path / "good.pem").write_bytes(certificates.dump_public([ended.certificate]))
    for file, why in ((None, "no certificate"), ("other.pem", "other key"), ("none.pem", "unreadable")):
        refused = run(app, "token", *([str(tmp_path / file)] if file else []))
        assert (refused.exit_code, refused.output) == (1, f"Error: {WHY[why]}\n")
    for why, changed in {
        "pin": replace(token, pin="999999"), "no token": replace(token, label="nowhere"),
        "no key": replace(token, key="nothing"), "no module": replace(token, module=str(tmp_path / "none.so")),
    }.items():  # fmt: skip
        with_token(app, changed)
        for command in (["token", str(tmp_path / "good.pem")], ["make"]):
            refused = run(app, *command)
            assert (refused.exit_code, refused.output) == (1, f"Error: {WHY_TOKEN[why]}\n")
    assert not folder(app).exists()
    assert hashes(app) == rows


def test_a_certificate_without_its_token(app: Flask, tokens: Box) -> None:
    with_token(app, tokens.key("ec"))
    assert run(app, "make").exit_code == 0
    given(app, seal_pkcs11_module="")
    for command in ("show", "renew"):
        refused = run(app, command)
        assert (refused.exit_code, refused.output) == (1, f"Error: {WHY['in token']}\n")


def test_show_tries_the_time_stamps(app: Flask, tmp_path: Path) -> None:
    run(app, "make")
    with served(make_clock(NOW)) as clock:
        given(app, tsa_url=clock.url, tsa_trust=str(clock.trust(tmp_path)))
        shown = run(app, "show")
        assert shown.exit_code == 0, shown.output
        assert f"Time stamps   {clock.url} (b-t)" in shown.output
        clock.answer = lambda _question: (401, "text/plain", b"")
        refused = run(app, "show")
    assert refused.exit_code == 1
    assert refused.output.endswith(f"Error: {WHY_STAMP['login']}\n")


def test_every_reason_has_a_sentence() -> None:
    assert set(WHY_TOKEN) == set(module.REASONS)
    assert set(WHY_STAMP) == set(stamp_authority.REASONS)
