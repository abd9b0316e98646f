"""Who must have a second factor, as the settings and an administrator's reset demand it."""

from __future__ import annotations

from flask import current_app

from portal.queries.actors import Actor

SETTING_UP = frozenset(
    {
        "auth.second_factor_page",
        "auth.new_second_factor",
        "auth.set_up_second_factor",
        "auth.new_passkey",
        "auth.add_passkey",
        "auth.sign_out",
    }
)


def is_demanded(by: Actor) -> bool:
    """Whether this person may not be without one."""
    settings = current_app.config["SETTINGS"]
    return bool(
        settings.second_factor == "everybody"
        or (settings.second_factor == "roles" and not by.roles.isdisjoint(settings.second_factor_roles))
    )


def is_missing(by: Actor) -> bool:
    """Whether this person must set one up before anything else."""
    person = by.person
    return (person.second_factor_due or is_demanded(by)) and not person.has_second_factor
