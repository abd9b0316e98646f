"""The printing process: reads printouts from its input, writes PDF files to its output, until the input ends.

Its argument is how many bytes of memory it may have.
"""

from __future__ import annotations

import pickle  # nosec B403 -- between the portal and its own child only
import struct
import sys
import traceback

from portal.lib.unhurried import give_way
from portal.pdf.render import render

try:
    import resource
except ImportError:  # not every system has it
    resource = None  # type: ignore[assignment]


def main() -> None:
    """Answers each request with its size and `=` and the file, `!` and the error, or `#` for want of memory."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    give_way()  # pages and their database go first
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may reach the pipe
    while head := sys.stdin.buffer.read(4):
        (size,) = struct.unpack(">I", head)
        try:
            answer = b"=" + render(pickle.loads(sys.stdin.buffer.read(size)))  # nosec B301 -- our own parent's
        except (MemoryError, SystemError):  # Python's own, for want of memory for the error
            answer = b"#"
        except Exception:
            answer = b"!" + traceback.format_exc().encode()
        output.write(struct.pack(">I", len(answer)) + answer)
        output.flush()


if __name__ == "__main__":
    main()
