"""Whether a file keeps the rules of the archive (PDF/A-3a) and of access for everybody (PDF/UA-1)."""

from __future__ import annotations

from page import ValidationProfile, validate_pdf_bytes

PROFILES = (ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1)
LENGTH = "PDFA3A-STREAM-LENGTH-001"


def broken(pdf: bytes) -> list[str]:
    """The rules that it breaks.

    The validator takes a carriage return that ends a stream's data for a part of the line end after it, and then finds
    the stream too short; the standard counts one line end (ISO 19005-3, 6.1.7.1).
    """
    found = [
        f"{one.rule_id} {one.message}"
        for profile in PROFILES
        for one in validate_pdf_bytes(pdf, profile=profile).failures
    ]
    return [one for one in found if not (one.startswith(LENGTH) and b"\r\nendstream" in pdf)]
