"""Parts of an archive from outside, measured before anybody unpacks them."""

from __future__ import annotations

import zipfile
import zlib
from copy import copy

PIECE = 1 << 20
USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # ways to pack; office programs know no other


def is_honest(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part is whole, packed as usual, and unpacks to as many bytes as the archive says.

    Readers look at what it says, and then unpack whatever comes.
    """
    if part.compress_type not in USUAL:
        return False
    further, left = copy(part), part.file_size + 1
    further.file_size = left + 1  # so that there would be more after what is read
    try:
        with packed.open(further) as file:
            while left and (piece := file.read(min(left, PIECE))):
                left -= len(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError):  # damaged, or the checksum is that of less
        return False
    return left == 1
