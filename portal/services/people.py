"""People: taken on, changed, let in again; never deleted, no login ever given to another."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.domain.permissions import person_key, role_key
from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.lib.pinyin import spellings
from portal.models import Person
from portal.queries import people, rights
from portal.queries.actors import Actor
from portal.services import audit, directory, factor_resets, notices, own_keys, passwords, sessions

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")
STREAM = "people"


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a person besides login and rights."""

    number: str
    name: str
    department_id: int
    email: str = ""
    phone: str = ""


def known(person: Person) -> Identity:
    """What is known of a person by now."""
    return Identity(person.number, person.name, person.department_id, person.email, person.phone)


def create(login: str, identity: Identity, password_hash: str, *, by: int | None, now: datetime) -> Person:
    """Takes somebody on, with a first password that must be changed; without one the directory checks theirs.

    Raises:
        Refusal: the login or the number belongs, or has ever belonged, to another.
    """
    rights.one_at_a_time()
    if not LOGIN.fullmatch(login):
        raise Refusal(_l("登录名须以小写字母开头，只含小写字母、数字、点、横线和下划线，长度 2 至 40。"))
    if people.by_login(login) is not None:
        raise Refusal(_l("登录名“%(login)s”已被使用过；登录名永不转给他人。"), login=login)
    _number_is_free(identity.number, None)
    person = Person(
        login=login,
        **asdict(identity),
        search_key=spellings(f"{identity.name} {identity.number}"),
        password_hash=password_hash,
        must_change_password=True,
        of_directory=not password_hash,
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    audit.note(
        "person_created", at=now, by=by, stream=STREAM, person=person.id, login=login, **asdict(identity)
    )
    return person


def edit(person: Person, identity: Identity, *, by: Actor, now: datetime) -> None:
    """Changes what is known of a person; old and new values go into the trail."""
    rights.one_at_a_time()
    _number_is_free(identity.number, person.id)
    new, old = asdict(identity), asdict(known(person))
    changed = {name: [old[name], value] for name, value in new.items() if old[name] != value}
    if not changed:
        return
    for name, (_old, value) in changed.items():
        setattr(person, name, value)
    person.search_key = spellings(f"{person.name} {person.number}")
    audit.note("person_changed", at=now, by=by.id, stream=STREAM, person=person.id, changed=changed)


def reinstate(person: Person, password_hash: str, *, by: Actor, reason: str, now: datetime) -> None:
    """Lets a retired person in again, under the old login, without the old roles; one of the directory with its password."""
    rights.one_at_a_time()
    if not reason:
        raise ReasonMissing
    if person.active:
        raise Refusal(_l("%(name)s的账号没有停用。"), name=person.name)
    if not person.of_directory:
        factor_resets.refuse_same_hands(person, by=by, now=now)
    person.active = True
    audit.note("person_reinstated", at=now, by=by.id, stream=STREAM, person=person.id, reason=reason)
    if not person.of_directory:
        passwords.store(person, password_hash, by=by.id, now=now)


def reset_password(person: Person, password_hash: str, *, by: Actor, now: datetime) -> None:
    """Gives a person a new first password, of the portal from now on; they and the security officer are told."""
    rights.one_at_a_time()
    if person.id == by.id:
        raise NotAllowed(_l("请在“修改密码”里更改自己的密码。"))
    if not person.active:
        raise Refusal(_l("%(name)s的账号已经停用。"), name=person.name)
    factor_resets.refuse_same_hands(person, by=by, now=now)
    passwords.store(person, password_hash, by=by.id, now=now)
    text = both(_l("%(by)s重置了%(name)s的密码。", by=by.name, name=person.name))
    keys = [person_key(person.id), role_key("security_officer")]
    notices.tell(keys, "told", now=now, but=by.id, text=text, page="/account/sessions")


def leave_to_directory(person: Person, *, by: Actor, now: datetime) -> None:
    """Lets the directory check a person's password from now on: the one kept here goes, with the key under it.

    Raises:
        NotAllowed: it is one's own.
        Refusal: there is no directory, or the person is retired, or of the directory already.
    """
    rights.one_at_a_time()
    if directory.known() is None:
        raise Refusal(_l("没有设置公司目录（LDAP_URL）。"))
    if person.id == by.id:
        raise NotAllowed(_l("自己的账号须由另一位管理员改由公司目录核对密码。"))
    if not person.active or person.of_directory:
        raise Refusal(_l("%(name)s的账号已经停用，或者已由公司目录核对密码。"), name=person.name)
    person.password_hash, person.of_directory = "", True
    audit.note("password_left_to_directory", at=now, by=by.id, stream=STREAM, person=person.id)
    own_keys.follow_password(person, None, by=by.id, now=now)
    sessions.end_all(person.id, now=now, by=by.id)
    text = both(_l("%(by)s让公司目录核对您的密码：请用公司账号的密码登录和签署。", by=by.name))
    notices.tell([person_key(person.id)], "told", now=now, text=text, page="/account/password")


def _number_is_free(number: str, person_id: int | None) -> None:
    holder = db.session.scalar(sa.select(Person).where(Person.number == number))
    if holder is not None and holder.id != person_id:
        raise Refusal(_l("工号“%(number)s”已属于%(name)s。"), number=number, name=holder.name)
