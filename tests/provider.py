"""A provider of OpenID Connect on the loopback address, which answers as each test wants it to."""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "portal:one", "a secret/with+signs"
Claims = dict[str, Any]
SIGNER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)


@dataclass
class Provider:
    """The provider: whom it signs in, and what it does otherwise than a good one."""

    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)  # by login, where it is another than ever
    asked: list[str] = field(default_factory=list)
    change: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    about: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] | None = None
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # by path
    pause: float = 0  # seconds between two bytes of an answer

    def sign_in(self, address: str, login: str, **more: str) -> str:
        """What the browser gets after it has gone to this address and somebody has signed in: the address back."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == (
            "code",
            CLIENT,
            "S256",
        )
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "login": login}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **more})}"

    def token(self, form: dict[str, str], header: str) -> tuple[int, Claims]:
        """The answer to a code: only to the portal, only once, only with what belongs to its challenge."""
        name, _colon, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
        given = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if (name, secret) != ("portal%3Aone", "a+secret%2Fwith%2Bsigns") or given is None:
            return 401, {"error": "invalid_client"}
        if given["code_challenge"] != challenge.decode() or given["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        at = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.subjects.get(given["login"], f"f3a9 {given['login'].strip().lower()}"),
            "iat": at,
            "exp": at + 300,
            "nonce": given["nonce"],
            "preferred_username": given["login"],
        }
        signed = (self.sign or signed_by(SIGNER))(self.change(claims))
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def get(self, path: str) -> Claims | None:
        """What it says of itself, and its keys."""
        if path == "/.well-known/openid-configuration":
            places = {name: f"{self.url}/{name}" for name in ("authorize", "token", "keys")}
            return {
                "issuer": self.url,
                "authorization_endpoint": places["authorize"],
                "token_endpoint": places["token"],
                "jwks_uri": places["keys"],
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                **self.about,
            }
        return (self.keys or {"keys": [SIGNER.as_dict(private=False)]}) if path == "/keys" else None


def signed_by(key: RSAKey, kid: str = "one") -> Callable[[Claims], str]:
    """Signs tokens with this key."""
    return lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, key)


def unsigned(claims: Claims, **head: str) -> str:
    """A token without a signature, by the algorithm `none` or as if by another."""
    parts = (json.dumps({"alg": "none", **head}), json.dumps(claims))
    return ".".join(urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."


@contextmanager
def served() -> Iterator[Provider]:
    """The provider, answering."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            provider.asked.append(body)
            self._say(*provider.token(form, self.headers.get("Authorization", "")))

        def do_GET(self) -> None:
            found = provider.get(self.path)
            self._say(200 if found is not None else 404, found or {})

        def _say(self, status: int, said: Claims) -> None:
            status, body = provider.broken.get(self.path, (status, json.dumps(said).encode()))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{provider.url}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may have heard enough
                for piece in [body[at : at + 1] for at in range(len(body))] if provider.pause else [body]:
                    self.wfile.write(piece)
                    time.sleep(provider.pause)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
