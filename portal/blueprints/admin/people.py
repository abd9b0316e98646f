"""People: found, taken on, changed, given a new password."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.roles import GRANTABLE
from portal.forms.sentences import sentence, who
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.models import Person
from portal.queries import account, held, provider_ties, rights, trail
from portal.queries import people as found
from portal.services import directory, passwords, people, sessions
from portal.services.people import Identity
from portal.web import meanwhile, posted
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import AccountEndSheet, GrantSheet, NewPersonSheet, PersonSheet, of_person
from portal.web.transaction import writes

SIZE = 50


@bp.get("/people")
@open_to("administrators")
def list_people() -> str:
    """Finds people by name, pinyin, number or login."""
    wanted: dict[str, Any] = {
        "text": posted.asked("q", 60),
        "department_id": posted.asked_id("department"),
        "role": posted.asked("role"),
        "active": posted.asked("state") != "retired",
        "ended": posted.asked("state") == "ended",
    }
    shown = found.page(**wanted, today=today(), after=posted.asked_id("after") or 0, size=SIZE + 1)
    return render_template(
        "admin/people.html",
        people=shown[:SIZE],
        more=shown[SIZE - 1].id if len(shown) > SIZE else None,
        wanted=wanted,
        departments=found.departments(),
        roles=GRANTABLE,
        today=today(),
    )


@bp.get("/people/new")
@open_to("administrators")
def new_person() -> str:
    """The sheet for somebody new."""
    return _new_page(NewPersonSheet(person=actor()))


@bp.post("/people")
@open_to("administrators")
@writes
def create_person() -> Answer:
    """Takes somebody on and shows the first password, this once; with a directory there is none."""
    plain, password_hash = _first_password()  # no statement has begun the write yet
    form, by = NewPersonSheet(request.form, person=actor()), actor()

    def act() -> Person:
        login = sessions.plain_login(form.login.data)
        return people.create(login, identity(form), password_hash, by=by.id, now=now())

    _good, person = attempt(form, act)
    if person is None:
        return _new_page(form), 422
    return _secret_page(person, plain) if plain else _of_directory(person)


@bp.get("/people/<int:id>")
@open_to("administrators")
def show_person(id: int) -> str:
    """A person with roles, sessions and what was changed of late."""
    person = found.person(id)
    return page(person)


@bp.post("/people/<int:id>")
@open_to("administrators")
@writes
def edit_person(id: int) -> Answer:
    """Changes what is known of a person."""
    person, form, by = found.person(id), PersonSheet(request.form, person=actor()), actor()

    def act() -> None:
        if people.known(person) != identity(form):  # else it is what was sent before
            meanwhile.refuse(people.STREAM, "person_changed", person=id)
        people.edit(person, identity(form), by=by, now=now())

    good, _none = attempt(form, act)
    if not good:
        return page(person, form=form), 422
    flash(_("资料已保存。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)


@bp.post("/people/<int:id>/passwords")
@open_to("administrators")
@writes
def reset_password(id: int) -> Answer:
    """Gives a person a new first password and shows it, this once."""
    plain, password_hash = passwords.generate()  # no statement has begun the write yet
    person = found.person(id)
    people.reset_password(person, password_hash, by=actor(), now=now())
    return _secret_page(person, plain)


@bp.post("/people/<int:id>/reinstatements")
@open_to("administrators")
@writes
def reinstate(id: int) -> Answer:
    """Lets a retired person in again."""
    plain, password_hash = passwords.generate()  # no statement has begun the write yet
    person = found.person(id)
    reason = posted.said("reason", 300)
    people.reinstate(person, password_hash, by=actor(), reason=reason, now=now())
    return _of_directory(person) if person.of_directory else _secret_page(person, plain)


@bp.post("/people/<int:id>/directory")
@open_to("administrators")
@writes
def leave_to_directory(id: int) -> Answer:
    """Lets the directory check a person's password from now on."""
    person = found.person(id)
    people.leave_to_directory(person, by=actor(), now=now())
    return _of_directory(person)


def identity(form: PersonSheet) -> Identity:
    """What the sheet says of a person."""
    return Identity(
        form.number.data,
        form["name_"].data,
        int(form.department.data),
        form.email.data or "",
        form.phone.data or "",
    )


def page(
    person: Person,
    *,
    form: PersonSheet | None = None,
    granting: GrantSheet | None = None,
    ending: AccountEndSheet | None = None,
) -> str:
    """A person's page, with what was typed into a sheet and what is wrong with it."""
    hours, seen = current_app.config["SETTINGS"].session_hours, meanwhile.seen(people.STREAM)
    form = form or PersonSheet(answers=of_person(person), person=actor())
    granting = granting or GrantSheet(answers={"starts_on": today()}, person=actor())
    ending = ending or AccountEndSheet(answers={"last_day": person.ends_on}, person=actor())
    return render_template(
        "admin/person.html",
        one=person,
        own=person.id == actor().id,
        form=form,
        granting=granting,
        ending=ending,
        form_errors=errors(form) if form.errors or form.form_errors else [],
        grant_errors=errors(granting) if granting.errors or granting.form_errors else [],
        ending_errors=errors(ending) if ending.errors or ending.form_errors else [],
        headed=found.headed(person.id),
        tasks=held.tasks_of(person.id),
        substitutions=rights.substitutions(today(), either=person.id),
        sessions=account.sessions(now(), hours, person_id=person.id),
        history=[(event, who(event), sentence(event)) for event in trail.about(person.id)],
        directory=directory.known() is not None,
        tied=provider_ties.of_person(person.id),
        today=today(),
        seen=seen,
    )


def _first_password() -> tuple[str, str]:
    """A password with its hash; none where the directory checks them."""
    return passwords.generate() if directory.known() is None else ("", "")


def _of_directory(person: Person) -> Answer:
    flash(_("%(name)s用公司账号的密码登录和签署。", name=person.name), "success")
    return redirect(url_for("admin.show_person", id=person.id), 303)


def _new_page(form: NewPersonSheet) -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    return render_template(
        "admin/new_person.html", form=form, errors=wrong, directory=directory.known() is not None
    )


def _secret_page(person: Person, plain: str) -> str:
    return render_template("admin/secret.html", one=person, secret=plain)
