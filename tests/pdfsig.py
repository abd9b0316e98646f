"""Poppler's `pdfsig`, with which others look at signatures in PDF files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path


def trusting(roots: bytes, folder: Path) -> Callable[[bytes], str]:
    """What it says of a file, trusting these roots (PEM)."""
    (folder / "ca.pem").write_bytes(roots)
    store, file = f"sql:{folder}", folder / "file.pdf"
    for command in (
        ["certutil", "-N", "-d", store, "--empty-password"],
        ["certutil", "-A", "-d", store, "-n", "organisation", "-t", "CT,C,C", "-i", str(folder / "ca.pem")],
    ):
        subprocess.run(command, check=True, capture_output=True)

    def say(pdf: bytes) -> str:
        file.write_bytes(pdf)
        ran = subprocess.run(
            ["pdfsig", "-nssdir", store, str(file)], capture_output=True, text=True, check=False
        )
        return ran.stdout

    return say
