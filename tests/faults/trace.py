"""What a process asks of the system, in the order in which it was asked and answered, as strace sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CALLS = "fsync,fdatasync,pwrite64,write,link,sendto,recvfrom"
LINE = re.compile(r"^(?P<thread>\d+) +(?:(?P<call>\w+)\(|<\.\.\. (?P<again>\w+) resumed>)(?P<text>.*)$")


@dataclass(frozen=True)
class Call:
    """A call: its text, and the lines at which it began and ended."""

    thread: str
    name: str
    text: str
    begins: int
    ends: int


def command(log: Path) -> tuple[str, ...]:
    """What stands before a command so that it and its children are observed, with the names of their files."""
    return (
        "strace",
        "-f",
        "-y",
        "-q",
        "-s",
        "4096",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    )


def program(file: Path, log: Path, other: Path) -> Path:
    """Writes a program that becomes another one, observed from then on by a process of its own."""
    file.write_text(f'#!/bin/sh\nexec {" ".join(command(log))} -D {other} "$@"\n')
    file.chmod(0o755)
    return file


def read(log: Path) -> list[Call]:
    """The calls that were answered, in the order of the answers."""
    calls: list[Call] = []
    begun: dict[str, tuple[int, str]] = {}
    for at, line in enumerate(log.read_text(errors="replace").splitlines()):
        found = LINE.match(line)
        if found is None:
            continue
        thread, text = found["thread"], found["text"]
        if found["call"] and text.endswith("<unfinished ...>"):
            begun[thread] = at, text.removesuffix("<unfinished ...>")
            continue
        first, before = begun.pop(thread, (at, "")) if found["again"] else (at, "")
        calls.append(Call(thread, found["call"] or found["again"], before + text, first, at))
    return calls


def before(calls: list[Call], until: Call, name: str, *texts: str) -> Call:
    """The last call of this name, with these texts, that had its answer when another began."""
    found = [one for one in calls if one.name == name and all(text in one.text for text in texts)]
    found = [one for one in found if one.ends < until.begins]
    assert found, f"no {name} of {texts} before {until.text[:80]}"
    return found[-1]


def synced(calls: list[Call], text: str, since: Call, until: Call) -> bool:
    """Whether something with this in its name reached the disk between two other calls."""
    return any(
        one.name in ("fsync", "fdatasync")
        and text in one.text
        and one.text.endswith("= 0")
        and since.ends < one.begins
        and one.ends < until.begins
        for one in calls
    )
