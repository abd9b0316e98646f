"""What a print may load: files of our own static folder and the pictures handed over with it, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parent.parent / "static"
_TYPES = {".css": "text/css", ".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}


class ForbiddenAddress(FatalURLFetchingError):
    """The print asked for something that it may not load. It stops the print: no template of ours does that."""


class Fetcher(URLFetcher):
    """Serves `static:<path>` and `picture:<file id>`; opens no connection and no other file."""

    def __init__(
        self, pictures: Mapping[int, tuple[str, bytes]] | None = None, static: Path = STATIC
    ) -> None:
        super().__init__(allowed_protocols=set(), allow_redirects=False, fail_on_errors=True)
        self._pictures = pictures or {}
        self._static = static.resolve()
        self.refused: list[str] = []  # WeasyPrint swallows what happens inside a drawing

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes at an address.

        Raises:
            ForbiddenAddress: it is not one of ours.
        """
        scheme, _colon, rest = url.partition(":")
        if scheme == "picture" and rest.isascii() and rest.isdigit() and int(rest) in self._pictures:
            kind, data = self._pictures[int(rest)]
            return URLFetcherResponse(url, data, {"Content-Type": kind})
        if scheme == "static":
            return self._file(url, unquote(rest))
        raise self._refusal(url)

    def _file(self, url: str, name: str) -> URLFetcherResponse:
        if "\0" in name:
            raise self._refusal(url)
        file = (self._static / name.lstrip("/")).resolve()
        kind = _TYPES.get(file.suffix)
        if kind is None or not file.is_relative_to(self._static) or not file.is_file():
            raise self._refusal(url)
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    def _refusal(self, url: str) -> ForbiddenAddress:
        self.refused.append(url)
        return ForbiddenAddress(f"A print may not load {url[:80]!r}.")
