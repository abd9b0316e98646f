"""The portal as it is served, without its jobs, so that only requests are measured."""

from __future__ import annotations

import sys

from portal.config import read_settings
from portal.factory import create_app
from portal.web.server import listen, settle

if __name__ == "__main__":
    port = int(sys.argv[1]) if sys.argv[1:] else read_settings().port
    server = listen(create_app(), "127.0.0.1", port, threads=8)
    settle()
    server.run()
