"""`python -m portal`: one process that serves the portal and does its jobs."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import waitress

from portal.config import SettingsError, read_settings
from portal.factory import create_app
from portal.jobs import worker
from portal.jobs.start import prepare


def main() -> None:
    """Brings the tables up to date, fills an empty demo, serves until told to stop."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    app = create_app(settings)
    prepare(app)
    consumer = worker.start(app)
    server = waitress.create_server(
        app, host=settings.host, port=settings.port, threads=settings.threads, ident=None, channel_timeout=120
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    print(f"http://{settings.host}:{settings.port}", flush=True)
    try:
        server.run()
    finally:
        server.close()
        worker.stop(consumer)


if __name__ == "__main__":
    main()
