"""Prints are made in a process of their own, so that WeasyPrint's memory and time burden no request."""

from __future__ import annotations

import atexit
import pickle  # nosec B403 -- between the portal and its own child only
import struct
import subprocess  # nosec B404 -- starts this very program
import sys
from pathlib import Path
from queue import LifoQueue
from threading import Event, Lock, Timer

from portal.pdf.sheets import Asked

SECONDS = 120  # longest that one print may take while somebody waits
ALONE = 900  # longest where nobody does; ten thousand rows take some four minutes and 2 GB
MEMORY = 3 << 30  # bytes of address space that the process may have
PRINTS = 200  # after so many the process is replaced, as WeasyPrint's memory grows
TIME, ROOM, ENDED = "it takes too long", "it takes too much memory", "the printing process ended"
ROOT = Path(__file__).resolve().parent.parent.parent


class PrintFailed(RuntimeError):
    """The printing process could not make the print; the text is its error."""


class PrintTooLarge(PrintFailed):
    """It takes more time or memory than a print may; the next try would fail as well."""


class Printer:
    """The printing process: started at the first print, replaced when it is old or has failed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0

    def render(self, printout: Asked, seconds: float | None = None) -> bytes:
        """The printout as PDF.

        Raises:
            PrintTooLarge: it took more than these seconds, or too much memory.
            PrintFailed: the process failed.
        """
        with self._lock:
            process, over = self._running(), Event()
            alarm = Timer(SECONDS if seconds is None else seconds, self._break_off, (process, over))
            alarm.start()
            try:
                data = self._ask(process, pickle.dumps(printout))
            except (OSError, struct.error) as error:
                self.stop()
                raise PrintTooLarge(TIME) if over.is_set() else PrintFailed(ENDED) from error
            finally:
                alarm.cancel()
            if data[:1] != b"=":
                self.stop()  # its memory may be full of what it could not make
                raise PrintTooLarge(ROOM) if data[:1] == b"#" else PrintFailed(data[1:].decode())
        return data[1:]

    @staticmethod
    def _break_off(process: subprocess.Popen[bytes], over: Event) -> None:
        over.set()
        process.kill()

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or self._left == 0:
            self.stop()
            command = [sys.executable, "-m", "portal.pdf", str(MEMORY)]
            self._process = subprocess.Popen(  # nosec B603 -- fixed words only
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True
            )
            self._left = PRINTS
        self._left -= 1
        return self._process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], request: bytes) -> bytes:
        assert process.stdin is not None  # nosec B101 -- both are pipes
        assert process.stdout is not None  # nosec B101
        process.stdin.write(struct.pack(">I", len(request)) + request)
        process.stdin.flush()
        (size,) = struct.unpack(">I", process.stdout.read(4))
        answer = process.stdout.read(size)
        if len(answer) != size:
            raise OSError("the answer broke off")
        return answer


class Printers:
    """Two processes, so that somebody who waits does not wait for a long job."""

    def __init__(self) -> None:
        self._idle: LifoQueue[Printer] = LifoQueue()
        self._all = [Printer(), Printer()]
        for one in self._all:
            self._idle.put(one)

    def render(self, printout: Asked, seconds: float | None = None) -> bytes:
        """The printout as PDF, by whichever process is idle first.

        Raises:
            PrintTooLarge: it took more than these seconds, or too much memory.
            PrintFailed: the process failed.
        """
        one = self._idle.get()
        try:
            return one.render(printout, seconds)
        finally:
            self._idle.put(one)

    def stop(self) -> None:
        """Ends the processes."""
        for one in self._all:
            one.stop()


printer = Printers()
atexit.register(printer.stop)
