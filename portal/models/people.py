"""People, departments, roles from-to, substitutes, sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.passkeys import Passkey


class Department(Base):
    """A department of the company and its head."""

    __tablename__ = "departments"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    head_id: Mapped[int | None] = mapped_column(
        index=True
    )  # of people; no key, as people need departments first
    aliases: Mapped[list[Any]] = mapped_column(default=list)

    head: Mapped[Person | None] = relationship(
        primaryjoin="foreign(Department.head_id) == Person.id", viewonly=True
    )

    def named(self, language: str) -> str:
        """The name in a language, `zh` or `en`; the Chinese one where there is no English one."""
        return self.name_en if language == "en" and self.name_en else self.name


class Person(Base):
    """Somebody with a login. People are retired, never deleted; a login is never given to another."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id"), index=True)
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    must_change_password: Mapped[bool] = mapped_column(default=False)
    of_directory: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false()
    )  # the directory checks the password, and there is none here
    active: Mapped[bool] = mapped_column(default=True)
    ends_on: Mapped[date | None]  # the account's last day; None: until further notice
    own_key_id: Mapped[int | None]  # the key in use, of own_keys; no key here, as those need people first
    second_factor_id: Mapped[int | None]  # the app in use, of second_factors; no key here, as above
    second_factor_due: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false()
    )  # lost and reset
    language: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="auto")
    created_at: Mapped[datetime]

    department: Mapped[Department] = relationship(foreign_keys=[department_id], lazy="joined")
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )
    passkeys: Mapped[list[Passkey]] = relationship(
        primaryjoin=lambda: sa.and_(Passkey.person_id == Person.id, Passkey.ended_at.is_(None)),
        order_by=Passkey.id,
        viewonly=True,
    )

    @property
    def has_second_factor(self) -> bool:
        """Whether something is asked for besides the password: a code of an app, or a passkey."""
        return self.second_factor_id is not None or bool(self.passkeys)

    @property
    def label(self) -> str:
        """Name with number, as pickers show it: 赵敏 E012."""
        return f"{self.name} {self.number}"

    def ended(self, day: date) -> bool:
        """Whether the account's last day is over."""
        return self.ends_on is not None and self.ends_on < day


class RoleGrant(Base):
    """A role held by a person from a day to a day (None: until further notice)."""

    __tablename__ = "role_grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])

    def holds(self, day: date) -> bool:
        """Whether the role is in force on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Substitution(Base):
    """Somebody acts for a person on leave: dates included, `forms` empty for all of them."""

    __tablename__ = "substitutions"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    forms: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str]
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    substitute: Mapped[Person] = relationship(foreign_keys=[substitute_id], lazy="joined")

    def holds(self, day: date) -> bool:
        """Whether it is in force on this day."""
        return self.ended_at is None and self.starts_on <= day <= self.ends_on


class SignInSession(Base):
    """One signed-in browser; its token is stored hashed. Ending the row ends the session at once.

    `held_key` is the person's signing key for some minutes, under a key that only the browser's cookie has. `way` is what
    let in, `password` or `provider`; `factor` what was given besides, `code`, `passkey`, `recovery` or nothing.
    `last_seen` is when somebody last did something there, to within some minutes.
    """

    __tablename__ = "sign_in_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    last_seen: Mapped[datetime | None]  # None: not since it was begun
    ended_at: Mapped[datetime | None]
    held_key: Mapped[str | None]
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    way: Mapped[str] = mapped_column(default="password", server_default="password")
    factor: Mapped[str | None]

    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def seen_at(self) -> datetime:
        """When somebody last did something there."""
        return self.last_seen or self.started_at


class SignInAttempt(Base):
    """A failed sign-in, counted per account and per address by all workers."""

    __tablename__ = "sign_in_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
