"""The verifier, taken in as a module; it stands alone, and is run as a program in its own test."""

from __future__ import annotations

import atexit
import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from portal.config import ROOT

SCRIPT = ROOT / "tools" / "verify_record.py"
# The program with its libraries loaded, which goes on in a child of its own for each line that asks for it.
READY = """
import io, json, os, sys
sys.path.insert(0, sys.argv[1])
import verify_record
for line in sys.stdin:
    folder, sys.argv = json.loads(line)
    if not os.fork():
        os.chdir(folder)
        answer, sys.stdout, sys.stderr = sys.stdout, io.TextIOWrapper(io.BytesIO()), io.StringIO()
        status = verify_record.main()
        sys.stdout.flush()
        print(json.dumps([status, sys.stdout.buffer.getvalue().decode(), sys.stderr.getvalue()]), file=answer, flush=True)
        os._exit(0)
    if os.wait()[1]:
        print(json.dumps([None, "", "the program broke off"]), flush=True)
"""


@cache
def _ready() -> subprocess.Popen[str]:
    command = [sys.executable, "-I", "-c", READY, str(SCRIPT.parent)]
    started = subprocess.Popen(
        command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(started.communicate)
    return started


def forked(folder: Path, *args: str) -> tuple[int, str, str]:
    """The program in a process of its own, in an empty environment: its status, and what it says and complains about."""
    server = _ready()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps([str(folder), [SCRIPT.name, *args]]) + "\n")
    server.stdin.flush()
    status, told, complaint = json.loads(server.stdout.readline())
    return int(status), told, complaint


def _taken_in() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_record", SCRIPT)
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


verifier: Any = _taken_in()


def disagreeing(pdf: bytes) -> set[str]:
    """The checks that do not hold of a print, but for its seal."""
    found, _within = verifier.examine(pdf, None)
    return {key for key, ok in found["checks"].items() if ok is False} - {"sealed"}
