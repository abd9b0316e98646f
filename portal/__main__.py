"""`python -m portal`: one process that serves the portal and does its jobs."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from portal.config import SettingsError, read_settings
from portal.factory import create_app
from portal.jobs import worker
from portal.jobs.start import NotPrepared, prepare
from portal.web.server import listen, settle


def main() -> None:
    """Brings the tables up to date, fills an empty demo, serves until told to stop."""
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.exit(str(error))
    app = create_app(settings)
    try:
        prepare(app)
    except NotPrepared as problem:
        sys.exit(str(problem))
    consumer, figures = worker.start(app), worker.tell_figures(app)
    server = listen(app, settings.portal_host, settings.port, threads=settings.threads)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    settle()
    sys.stdout.write(f"http://{settings.portal_host}:{settings.port}\n")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        server.close()
        if figures is not None:
            figures.close()
        worker.stop(consumer)


if __name__ == "__main__":
    main()
