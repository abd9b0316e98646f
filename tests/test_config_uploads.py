"""Settings about uploads: what does not fit together stops the start with a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.config import SettingsError, read_settings


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:3310", "[::1]:3310", "scanner.lan:3310", "/run/clamav/clamd.ctl"]
)
def test_a_scanner_listens_on_a_port_or_a_socket(tmp_path: Path, address: str) -> None:
    assert read_settings(portal_data=tmp_path, _env_file=None, clamd_address=address).clamd_address == address


@pytest.mark.parametrize(
    "address", ["scanner.lan", ":3310", "host:port", "host:0", "host:70000", "clamd.ctl"]
)
def test_anything_else_stops_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="CLAMD_ADDRESS must be such as"):
        read_settings(portal_data=tmp_path, _env_file=None, clamd_address=address)


def test_the_largest_file_fits_into_a_day(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="UPLOAD_DAY_MEGABYTES must be at least UPLOAD_MEGABYTES"):
        read_settings(portal_data=tmp_path, _env_file=None, upload_megabytes=30, upload_day_megabytes=29)
