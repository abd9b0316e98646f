"""Signing in by a provider of OpenID Connect: the code flow with PKCE, state and nonce.

Nothing that the provider sends is believed before its token has proven to be signed by the provider, for this portal,
now, and as the answer to this very question.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

if TYPE_CHECKING:
    import requests

TIMEOUT, LEEWAY = 8, 60  # seconds
LARGEST = 1 << 20  # bytes of an answer
LONGEST_SUBJECT = 255  # signs, as the standard has it
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid profile email"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Unreachable(Exception):
    """The provider does not answer, or not as a provider does."""


class NotVouched(Exception):
    """What came back does not prove who somebody is."""


@dataclass(frozen=True, slots=True)
class Client:
    """The portal as the provider knows it."""

    issuer: str
    id: str
    secret: str
    back: str  # where the provider leads people back to


@dataclass(frozen=True, slots=True)
class Question:
    """One way through the provider: what must come back with it, and what only this browser knows."""

    state: str
    nonce: str
    verifier: str


def ask() -> Question:
    """A new question, with nothing in it that could be guessed."""
    return Question(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def address(client: Client, question: Question) -> str:
    """Where the browser goes to be signed in.

    Raises:
        Unreachable: the provider cannot be asked where that is.
    """
    challenge = urlsafe_b64encode(sha256(question.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = urlencode(
        {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.back,
            "scope": SCOPE,
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    place = _endpoint(_metadata(client), "authorization_endpoint")
    return f"{place}{'&' if urlsplit(place).query else '?'}{asked}"


def claims(
    client: Client, question: Question, code: str, *, now: datetime, issuer: str | None = None
) -> dict[str, Any]:
    """What the provider says of the person with whose code the browser came back; `issuer` is who says that it sent it back.

    Raises:
        Unreachable: the provider does not answer.
        NotVouched: it does not take the code, or its token does not hold.
    """
    known = _metadata(client)
    says_always = known.get("authorization_response_iss_parameter_supported") is True
    if issuer != client.issuer and (issuer is not None or says_always):  # RFC 9207
        raise NotVouched("the browser comes back from another provider")
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.back,
        "code_verifier": question.verifier,
    }
    ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    auth = None
    if "client_secret_basic" in ways:
        auth = (quote_plus(client.id), quote_plus(client.secret))
    else:
        given |= {"client_id": client.id, "client_secret": client.secret}
    answer = _call("POST", _endpoint(known, "token_endpoint"), data=given, auth=auth)
    if answer.status in (400, 401, 403):
        raise NotVouched(f"the code was refused: HTTP {answer.status}")
    token = _json(answer).get("id_token")
    if not isinstance(token, str):
        raise NotVouched("no token came")
    keys = _json(_call("GET", _endpoint(known, "jwks_uri")))
    return _proven(client, question, token, keys, now)


def _proven(
    client: Client, question: Question, token: str, keys: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    from joserfc import jwt  # where there is a provider
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    must = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": question.nonce},
    )
    try:
        found = jwt.decode(token, KeySet.import_key_set({"keys": list(keys["keys"])}), algorithms=ALGORITHMS)
        must.validate(found.claims)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise NotVouched(f"{type(error).__name__}: {error}") from None
    said = dict(found.claims)
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if ("azp" in said or several) and said.get("azp") != client.id:
        raise NotVouched("the token is for another party")
    if not isinstance(said["sub"], str) or not 0 < len(said["sub"]) <= LONGEST_SUBJECT:
        raise NotVouched("the token is about nobody")
    return said


def _metadata(client: Client) -> dict[str, Any]:
    """What the provider says of itself; it must name itself as the settings do."""
    said = _json(_call("GET", f"{client.issuer.rstrip('/')}/.well-known/openid-configuration"))
    if said.get("issuer") != client.issuer:
        raise Unreachable(f"the provider calls itself {str(said.get('issuer'))[:200]}")
    return said


def _endpoint(known: Mapping[str, Any], name: str) -> str:
    place = known.get(name)
    parts = urlsplit(place) if isinstance(place, str) else urlsplit("")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Unreachable(f"the provider gives no address of its {name}")
    return str(place)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


def _call(method: str, place: str, **given: Any) -> _Answer:
    import requests  # 6 MB, where there is a provider
    from urllib3.exceptions import HTTPError

    try:
        with requests.request(
            method, place, timeout=TIMEOUT, allow_redirects=False, stream=True, **given
        ) as answer:
            if answer.status_code >= 500 or answer.is_redirect:
                raise Unreachable(f"HTTP {answer.status_code}")
            return _Answer(answer.status_code, _body(answer))
    except (requests.RequestException, HTTPError) as error:
        raise Unreachable(type(error).__name__) from None


def _body(answer: requests.Response) -> bytes:
    """What comes, as long as it is no more than such an answer may be and the whole of it comes in time.

    Raises:
        Unreachable: it is too much, or takes too long.
    """
    until, held = time.monotonic() + TIMEOUT, bytearray()
    while piece := answer.raw.read1(LARGEST, decode_content=True):
        held += piece
        if len(held) > LARGEST:
            raise Unreachable("an answer without end")
        if time.monotonic() > until:
            raise Unreachable("an answer that takes too long")
    return bytes(held)


def _json(answer: _Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body) if answer.status < 400 else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unreachable(f"HTTP {answer.status} without what was asked for")
    return said
