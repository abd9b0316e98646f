"""Settings about seals: what does not fit together stops the start with a sentence that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.config import Settings, SettingsError, read_settings
from portal.lib import certificates
from tests.pdf.test_seal import AUTHORITY

TOKEN = {
    "seal_pkcs11_module": "/usr/lib/softhsm/libsofthsm2.so",
    "seal_pkcs11_token": "单位",
    "seal_pkcs11_key": "seal",
    "seal_pkcs11_pin": "secret",
}
STAMPS = {"tsa_url": "https://tsa.example.com/stamp", "seal_level": "b-lta", "tsa_trust": "tsa.pem"}


def read(folder: Path, **values: Any) -> Settings:
    (folder / "tsa.pem").write_bytes(certificates.dump_public([AUTHORITY.certificate]))
    (folder / "none.pem").write_text("nothing")
    if values.get("tsa_trust"):
        values["tsa_trust"] = str(folder / values["tsa_trust"])
    return read_settings(portal_data=folder, _env_file=None, **values)


def test_what_fits(tmp_path: Path) -> None:
    assert read(tmp_path).tsa_url == ""
    settings = read(tmp_path, **TOKEN, **STAMPS, tsa_user="portal", tsa_password="secret")
    assert (settings.seal_level, settings.tsa_trust) == ("b-lta", str(tmp_path / "tsa.pem"))
    assert read(tmp_path, tsa_url="http://tsa.example.com").seal_level == "b-t"
    read(tmp_path, tsa_url="http://127.0.0.1:3161", tsa_user="portal", tsa_password="secret")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seal_pkcs11_pin": ""}, "SEAL_PKCS11_MODULE, _TOKEN, _KEY and _PIN go together"),
        ({"seal_pkcs11_module": ""}, "SEAL_PKCS11_MODULE, _TOKEN, _KEY and _PIN go together"),
        ({"tsa_url": "tsa.example.com"}, "TSA_URL must be an address"),
        ({"tsa_url": "file:///etc/passwd"}, "TSA_URL must be an address"),
        ({"tsa_url": ""}, "SEAL_LEVEL=b-lta needs TSA_URL"),
        ({"tsa_trust": ""}, "SEAL_LEVEL=b-lta needs TSA_URL, and TSA_TRUST"),
        ({"tsa_trust": "nowhere.pem"}, "TSA_TRUST: must be a file of certificates"),
        ({"tsa_trust": "none.pem"}, "TSA_TRUST: must be a file of certificates"),
        ({"seal_level": "b-b"}, "SEAL_LEVEL:"),
        ({"tsa_user": "portal"}, "TSA_USER and TSA_PASSWORD go together"),
        ({"tsa_password": "secret"}, "TSA_USER and TSA_PASSWORD go together"),
        (
            {"tsa_url": "http://tsa.example.com", "tsa_user": "p", "tsa_password": "secret"},
            "TSA_URL with http:// would send",
        ),
    ],
)
def test_what_does_not_fit_stops_the_start(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as stopped:
        read(tmp_path, **(TOKEN | STAMPS | changed))
    assert said in str(stopped.value)
    assert "secret" not in str(stopped.value)
