"""The portal as it is served, without its jobs, so that only requests are measured."""

from __future__ import annotations

import sys

import waitress

from portal.config import read_settings
from portal.factory import create_app

if __name__ == "__main__":
    port = int(sys.argv[1]) if sys.argv[1:] else read_settings().port
    waitress.serve(create_app(), host="127.0.0.1", port=port, threads=8)
