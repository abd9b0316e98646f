"""Signing in by the company's provider: only those get in who have an account here; nobody gets one by it."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from flask import current_app, redirect, request, session, url_for

from portal.blueprints.auth import entering
from portal.blueprints.auth.room import Answer, address, bp
from portal.blueprints.auth.sign_in import sign_in_page
from portal.database import transaction
from portal.domain.refusal import NotFound, Refusal
from portal.lib import oidc
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.lib.oidc import Client, NotVouched, Question, Unreachable
from portal.models import Person
from portal.queries import people
from portal.services import account_ends, audit, provider_ties, sessions
from portal.services.provider_ties import Account, TiedOtherwise
from portal.services.sessions import Proof
from portal.web import again, rate_limit
from portal.web.guard import open_to, safe_target

ASKED, ASKED_SECONDS = "provider", 600
OFTEN = "120 per minute"  # a whole company may come from one address


class ProviderAway(Refusal):
    """The provider does not answer."""

    status = 503
    text = _l("单点登录暂时不能用。请用门户密码登录，或稍后再试。")


class ProviderSaysNo(Refusal):
    """The way through the provider has not ended well; nothing more is told."""

    status = 401
    text = _l("单点登录没有成功，请重新登录。")


class Unknown(Refusal):
    """The provider vouches for somebody who is not at work here."""

    status = 403
    text = _l("门户里没有与您的公司账号对应的在职人员，请联系管理员。")


@bp.get("/sign-in/provider")
@open_to("everyone")
def provider() -> Answer:
    """Sends the browser to the provider."""
    client = _client()
    try:
        rate_limit.count("provider", OFTEN)
        question = oidc.ask()
        place = oidc.address(client, question)
    except Unreachable as why:
        return _refused(_away(why))
    except Refusal as refusal:
        return _refused(refusal)
    target = safe_target(request.args.get("next"))
    session[ASKED] = [question.state, question.nonce, question.verifier, target, int(now().timestamp())]
    return redirect(place)


@bp.get("/sign-in/provider/back")
@open_to("everyone")
def provider_back() -> Answer:
    """Takes what the provider says, and signs in whom it vouches for."""
    client = _client()
    try:
        rate_limit.count("provider_back", OFTEN)  # each that is refused is a line of the trail
        question, target = _question()
        said = again.once("provider", lambda: _said(client, question))  # it answers once
        person = _person(_login(said))
        account = Account(client.issuer, said["sub"])
        _refuse_other(person, account)
        return _enter(person, account, target)
    except Unreachable as why:
        return _refused(_away(why))
    except NotVouched as why:
        _note("", str(why))
        return _refused(ProviderSaysNo())
    except Refusal as refusal:
        return _refused(refusal)


def _question() -> tuple[Question, str]:
    """What this browser went to the provider with, once; and where it wanted to go.

    Raises:
        NotVouched: it never went, or long ago, or comes back with another's answer, or with none.
    """
    state, nonce, verifier, target, at = session.pop(ASKED, ("", "", "", "/", 0))
    if not state or not compare_digest(state.encode(), request.args.get("state", "").encode()):
        raise NotVouched("not the state that was sent")
    if now().timestamp() - at > ASKED_SECONDS:
        raise NotVouched("it took too long")
    return Question(state, nonce, verifier), safe_target(target)


def _said(client: Client, question: Question) -> dict[str, Any]:
    code = request.args.get("code", "")
    if not code:
        raise NotVouched(f"the provider says {request.args.get('error', 'nothing')[:100]}")
    return oidc.claims(client, question, code, now=now(), issuer=request.args.get("iss"))


def _login(said: dict[str, Any]) -> str:
    name = said.get(current_app.config["SETTINGS"].oidc_login_claim)
    if not isinstance(name, str) or not name:
        raise NotVouched("the claim with the login is missing")
    login = sessions.plain_login(name)
    if (
        not name.isascii() or name.strip().lower() != login
    ):  # as logins here are, and so taken for nobody else's
        raise NotVouched("the login is written in other signs than those here")
    return login


def _person(login: str) -> Person:
    """Who has this login and is at work.

    Raises:
        Unknown: nobody, or they have left.
        AccountEnded: the account is over.
    """
    person = people.by_login(login)
    if person is None or not person.active:
        _note(login, "nobody at work")
        raise Unknown
    try:
        account_ends.refuse_ended(person.id, now=now())
    except Refusal:
        with transaction():
            account_ends.note_refused(person.id, address=address(), now=now())
        raise
    return person


def _refuse_other(person: Person, account: Account) -> None:
    """Says no, and notes it, where the person has signed in by another account before, or somebody else by this one.

    Raises:
        TiedOtherwise: so it is.
    """
    try:
        provider_ties.refuse_other(person.id, account)
    except TiedOtherwise:
        _note(person.login, f"not the account that is tied to the person: {account.subject}")
        raise


def _enter(person: Person, account: Account, target: str) -> Answer:
    proof = Proof(person.id, person.password_hash, None)
    if person.has_second_factor:
        entering.owe_code(proof, sessions.PROVIDER, account)
        return redirect(url_for("auth.sign_in_code", next=target if target != "/" else None), 303)
    entered = entering.by_provider(proof, account)
    if entered is None:
        raise ProviderSaysNo
    entering.remember(entered)
    return redirect(target, 303)


def _client() -> Client:
    found: Client | None = current_app.config["SETTINGS"].provider
    if found is None:
        raise NotFound
    return found


def _note(account: str, why: str) -> None:
    with transaction():
        audit.note(
            "provider_refused",
            at=now(),
            by=None,
            stream="access",
            address=address(),
            account=account,
            why=why,
        )


def _away(why: Unreachable) -> ProviderAway:
    current_app.logger.warning("provider of sign-ins: %s", why)
    return ProviderAway()


def _refused(refusal: Refusal) -> Answer:
    return sign_in_page("", str(refusal)), refusal.status
