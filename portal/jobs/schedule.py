"""When each job runs: all times in one list, in the server's minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huey import crontab

from portal.jobs import daily, messages, outbox, reminding, windows, witnesses

POLL = 2  # seconds between two looks at the outbox
TIMES: tuple[tuple[Callable[[], int], Callable[..., Any]], ...] = (
    (reminding.remind, crontab(minute="*")),
    (reminding.look_again, crontab(minute="*/15")),
    (reminding.ask_entries, crontab(minute="*/15")),
    (reminding.keep_obligations, crontab(minute="*/5")),
    (messages.prepare_digests, crontab(minute="*")),
    (windows.shut, crontab(minute="*")),
    (outbox.drain, crontab(minute="*")),  # also when nobody looks every two seconds
    (daily.tidy, crontab(minute="40", hour="18")),  # UTC: in the company's night
    (daily.drop_packages, crontab(minute="50", hour="18")),
    (daily.find_what_is_in_force, crontab(minute="5", hour="16")),  # UTC: just after midnight
    (daily.remind_readers, crontab(minute="20", hour="0")),  # UTC: as the company's day begins
    (daily.end_accounts, crontab(minute="1", hour="16")),  # UTC: just after midnight
    (daily.settle_customers, crontab(minute="10", hour="16")),  # UTC: just after midnight
    (witnesses.keep_tree, crontab(minute="*/5")),  # last, to take in what the others note
    (witnesses.ask_letters, crontab(minute="*/5")),
)
AT_START: tuple[Callable[[], int], ...] = (
    reminding.look_again,
    reminding.remind,
    reminding.ask_entries,
    reminding.keep_obligations,
    windows.shut,
    daily.end_accounts,
    daily.settle_customers,
    daily.find_what_is_in_force,
    messages.prepare_digests,
    witnesses.keep_tree,
)
