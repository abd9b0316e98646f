"""Whether a process in this container answers, for its health check: `alive.py pages` or `alive.py jobs`.

It goes by the settings that the process itself has. The jobs answer where Prometheus asks them for their figures.
"""

import http.client
import sys

from portal.config import Settings, read_settings
from portal.lib.settings_rules import host_and_port

PATIENCE = 5  # seconds
Question = tuple[str, int, str, dict[str, str]]


def of_pages(settings: Settings) -> Question:
    """Asks under a name that the portal answers to."""
    return "127.0.0.1", settings.port, "/alive", {"Host": settings.trusted_hosts[0].lstrip(".")}


def of_jobs(settings: Settings) -> Question:
    """Asks for the figures, with the token where there is one."""
    host, port = host_and_port(settings.metrics_address)
    return host, port, "/metrics", {"Authorization": f"Bearer {settings.metrics_token}"}


def main(which: str) -> int:
    """0 where the answer is good."""
    host, port, path, head = {"pages": of_pages, "jobs": of_jobs}[which](read_settings())
    there = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        there.request("GET", path, headers=head)
        return 0 if there.getresponse().status == http.HTTPStatus.OK else 1
    except OSError:
        return 1
    finally:
        there.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
