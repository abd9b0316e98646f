"""A store of files under names: a folder of the portal's data, or a part of a bucket in an S3-compatible object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from portal.config import Settings
from portal.lib.space import is_full, is_shut

# Whoever asks waits: once for a store that takes no connection, at most a minute for one that does not answer.
PATIENCE = {"connect_timeout": "3s", "timeout": "20s"}
RETRIES: Any = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}
NO_RETRIES: Any = {**RETRIES, "max_retries": 0}
BRIEFLY = {"connect_timeout": "2s", "timeout": "3s"}  # for a look whether it is there


class StoreAway(Exception):
    """The store cannot be reached, or does not do what it is asked; nothing is known of the file."""


def opened(settings: Settings, folder: str, below: str = "", *, briefly: bool = False) -> Any:
    """The store that the settings name, nothing of which is asked yet: a folder of the data, or what lies `below` the prefix."""
    if not settings.files_url:
        return LocalStore(prefix=settings.portal_data / folder, mkdir=True)
    place = urlsplit(settings.files_url)
    given = {
        "endpoint": settings.files_endpoint,
        "access_key_id": settings.files_key,
        "secret_access_key": settings.files_secret,
    }
    patience = BRIEFLY if briefly else PATIENCE
    options: Any = {**patience, "allow_http": settings.files_endpoint.startswith("http://")}
    return S3Store(
        place.netloc,
        prefix="/".join(filter(None, (place.path.strip("/"), below))) or None,
        region=settings.files_region,
        virtual_hosted_style_request=False,
        client_options=options,
        retry_config=NO_RETRIES if briefly else RETRIES,
        **{name: value for name, value in given.items() if value},  # type: ignore[arg-type]
    )


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Calls every trouble by one name, but that a file is there already or not there, that there is no room, and that a folder is shut."""
    try:
        yield
    except FileNotFoundError as problem:
        if "NoSuchBucket" in str(problem):  # the store has lost everything, or the setting is wrong
            raise StoreAway(first_line(problem)) from problem
        raise
    except (AlreadyExistsError, StoreAway):
        raise
    except (BaseError, OSError) as problem:
        if is_full(problem) or is_shut(problem):
            raise
        raise StoreAway(f"{what}: {first_line(problem)}") from problem


def first_line(problem: Exception) -> str:
    """What went wrong, without the rest that the library tells of its own inside."""
    return str(problem).partition("\n")[0][:300]
