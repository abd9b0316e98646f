"""Parts of an archive from outside, measured before anybody unpacks them."""

from __future__ import annotations

import zipfile
from copy import copy

PIECE = 1 << 20


def is_honest(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part is whole and unpacks to as many bytes as the archive says.

    Readers look at what it says, and then unpack whatever comes.
    """
    further, left = copy(part), part.file_size + 1
    further.file_size = left + 1  # so that there would be more after what is read
    try:
        with packed.open(further) as file:
            while left and (piece := file.read(min(left, PIECE))):
                left -= len(piece)
    except zipfile.BadZipFile:  # the checksum is that of less, or of something else
        return False
    return left == 1
