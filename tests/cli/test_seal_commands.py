"""`flask seal`: the organisation's certificate made, shown, renewed and imported."""

from __future__ import annotations

import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from flask import Flask

from portal.cli.seal import WHY
from portal.extensions import db
from portal.lib import certificates
from portal.lib.certificates import Identity, fingerprint
from portal.models import AuditEvent
from portal.services import audit
from portal.storage import seal_folder
from tests.tables import hashes

NOW = datetime.now(UTC)
OFFICE = certificates.make_authority("签发机构", now=NOW)
GIVEN = certificates.make_signer("签发机构", OFFICE, now=NOW)


def run(app: Flask, *args: str, **more: Any) -> Result:
    """One command."""
    return app.test_cli_runner().invoke(args=["seal", *args], **more)


def folder(app: Flask) -> Path:
    """Where the certificate is kept."""
    path: Path = app.config["SETTINGS"].seal_path
    return path


def held(app: Flask) -> Identity:
    """The certificate that seals."""
    found = seal_folder.read(folder(app))
    assert found is not None
    return found


def packed(target: Path, one: Identity = GIVEN, password: str = "Kupferkanne", **changes: Any) -> str:
    """A PKCS #12 file."""
    parts = {"key": one.key, "cert": one.certificate, "cas": one.chain} | changes
    shut = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    target.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", parts["key"], parts["cert"], parts["cas"], shut)
    )
    return str(target)


def modes(path: Path) -> dict[str, int]:
    """Who may do what with the files."""
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in (path, *path.iterdir())}


def test_made_shown_and_kept_from_others(app: Flask) -> None:
    none = run(app, "show")
    assert none.exit_code == 1
    assert "There is no certificate" in none.output
    made = run(app, "make")
    assert made.exit_code == 0, made.output
    shown = run(app, "show")
    assert (shown.exit_code, shown.output) == (0, made.output)
    one = held(app)
    for part in (
        f"{one.certificate.serial_number:x}",
        fingerprint(one.certificate),
        fingerprint(one.root),
        "华衡制造建设集团",
        "trust.pem",
    ):
        assert part in shown.output
    assert modes(folder(app)) == {"seal": 0o700, "signer.pem": 0o600, "ca-key.pem": 0o600, "trust.pem": 0o644}
    assert "PRIVATE KEY" not in (folder(app) / "trust.pem").read_text()
    again = run(app, "make")
    assert again.exit_code == 1
    assert "already" in again.output
    assert held(app).certificate == one.certificate
    with app.app_context():
        facts = db.session.scalars(sa.select(AuditEvent.facts).where(AuditEvent.kind == "seal_made")).all()
        assert [fact["certificate_sha256"] for fact in facts] == [fingerprint(one.certificate)]
        assert audit.verify()[1] is None


def test_what_the_certificate_may_be_used_for(app: Flask) -> None:
    run(app, "make")
    signer, root = held(app).certificate, held(app).root
    uses = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    assert uses.digital_signature
    assert uses.content_commitment
    assert not uses.key_cert_sign
    assert (
        x509.ExtendedKeyUsageOID.EMAIL_PROTECTION
        in signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    )
    assert signer.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
    signer.verify_directly_issued_by(root)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_renewed_the_old_certificate_stays_and_its_key_goes(app: Flask) -> None:
    assert run(app, "renew").exit_code == 1
    run(app, "make")
    old = held(app)
    assert run(app, "renew").exit_code == 0
    new = held(app)
    assert new.certificate != old.certificate
    assert new.root == old.root
    kept = folder(app) / "earlier" / f"{old.certificate.serial_number:x}.pem"
    assert x509.load_pem_x509_certificates(kept.read_bytes())[0] == old.certificate
    everything = b"".join(one.read_bytes() for one in folder(app).rglob("*.pem"))
    assert everything.count(b"PRIVATE KEY-----") == 4  # two keys, each with its begin and end
    assert x509.load_pem_x509_certificates((folder(app) / "trust.pem").read_bytes()) == [new.root]


@pytest.mark.parametrize("way", ["asked", "environment"])
def test_imported_in_the_place_of_another(app: Flask, tmp_path: Path, way: str) -> None:
    run(app, "make")
    own, file = held(app), packed(tmp_path / "given.p12", cas=[own_stranger(), *GIVEN.chain])
    given = {"input": "Kupferkanne\n"} if way == "asked" else {"env": {"SEAL_P12_PASSWORD": "Kupferkanne"}}
    taken = run(app, "import", file, **given)
    assert taken.exit_code == 0, taken.output
    assert "Kupferkanne" not in taken.output
    assert held(app).certificate == GIVEN.certificate
    assert held(app).chain == GIVEN.chain, "others that came with it are left out"
    trusted = x509.load_pem_x509_certificates((folder(app) / "trust.pem").read_bytes())
    assert trusted == [own.root, OFFICE.certificate]
    refused = run(app, "renew")
    assert refused.exit_code == 1
    assert "own making" in refused.output
    with app.app_context():
        assert "Kupferkanne" not in str(db.session.scalars(sa.select(AuditEvent.facts)).all())


def own_stranger() -> x509.Certificate:
    """A certificate that has nothing to do with the others."""
    return certificates.make_authority("别人", now=NOW).certificate


def test_imported_first_and_without_a_chain(app: Flask, tmp_path: Path) -> None:
    file = packed(tmp_path / "given.p12", password="", cas=None)
    assert run(app, "import", file, input="\n").exit_code == 0
    assert held(app).root == GIVEN.certificate
    assert modes(folder(app)) == {"seal": 0o700, "signer.pem": 0o600, "trust.pem": 0o644}


def aged(days: int) -> Identity:
    """A certificate made so many days ago."""
    then = NOW - timedelta(days=days)
    return certificates.make_signer("旧", certificates.make_authority("旧", now=then), now=then)


def of_another_kind() -> Any:
    """A certificate with a key by which PDF files are not sealed."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = GIVEN.certificate.subject
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(days=9)).sign(
        key, None
    )
    return SimpleNamespace(key=key, certificate=built, chain=())


BAD = {
    "shut": lambda file: packed(file, password="another"),
    "no key": lambda file: packed(file, key=None),
    "other key": lambda file: packed(file, key=OFFICE.key, cert=None, cas=[GIVEN.certificate]),
    "no certificate": lambda file: packed(file, cert=None, cas=None),
    "kind of key": lambda file: packed(file, of_another_kind()),
    "expired": lambda file: packed(file, aged(1200)),
    "not yet": lambda file: packed(file, aged(-2)),
    "purpose": lambda file: packed(file, OFFICE),
}


@pytest.mark.parametrize("why", BAD)
def test_what_cannot_seal_is_refused_and_nothing_changes(app: Flask, tmp_path: Path, why: str) -> None:
    run(app, "make")
    before, rows = held(app).certificate, hashes(app)
    refused = run(app, "import", BAD[why](tmp_path / "given.p12"), env={"SEAL_P12_PASSWORD": "Kupferkanne"})
    assert refused.exit_code == 1
    assert refused.output == f"Error: {WHY[why]}\n"
    assert held(app).certificate == before
    assert hashes(app) == rows
    assert not (folder(app) / "earlier").exists()


@pytest.mark.parametrize("data", [b"", b"no file of that kind", bytes(2 << 20)])
def test_other_files_are_refused(app: Flask, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "given.p12").write_bytes(data)
    refused = run(app, "import", str(tmp_path / "given.p12"), env={"SEAL_P12_PASSWORD": ""})
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: The file")
    assert not folder(app).exists()
    assert run(app, "import", str(tmp_path / "none.p12")).exit_code == 2


def test_every_reason_has_a_sentence() -> None:
    assert set(WHY) == set(certificates.REASONS)


def test_broken_files_are_said_and_never_overwritten(app: Flask) -> None:
    folder(app).mkdir()
    (folder(app) / "signer.pem").write_text("nothing")
    for command in ("show", "renew"):
        refused = run(app, command)
        assert (refused.exit_code, refused.output) == (1, f"Error: {WHY['unreadable']}\n")
    assert run(app, "make").exit_code == 1
    assert (folder(app) / "signer.pem").read_text() == "nothing"


def test_another_folder_by_setting_and_no_key_in_backups(app: Flask, tmp_path: Path) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(
        update={"seal_folder": str(tmp_path / "safe" / "seal")}
    )
    assert run(app, "make").exit_code == 0
    assert (tmp_path / "safe" / "seal" / "signer.pem").is_file()
    told = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "all.zip")])
    assert told.exit_code == 0
    assert str(tmp_path / "safe" / "seal") in told.output
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        for member in archive.namelist():
            assert b"PRIVATE KEY" not in archive.read(member), member
