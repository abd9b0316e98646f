"""What is wrong with the audit trail, in sentences."""

from __future__ import annotations

from portal.lib.clock import minute
from portal.services.log_check import Finding

WRONG = {
    "missing": "an event before it is missing",
    "changed": "it was changed after it was written",
    "cut": "events after it were cut off",
}
EVENTS = {
    "changed": "it was changed after it was logged",
    "deleted": "it was deleted after it was logged",
    "swapped": "it stands in the place of another, and that in its place",
    "differs": "it is not what the log has, and no checkpoint says which is right",
    "unlogged": "it was slipped in before events that are logged",
    "entry_changed": "its entry in the log was changed",
    "entry_missing": "an entry of the log before its own is missing",
    "subtree": "a subtree of the log that ends with its entry was changed",
    "rewritten": "up to its entry the log is not what checkpoint {checkpoint} has signed",
    "uncovered": "its entry is not covered by a checkpoint: checkpoint {checkpoint} was removed",
}
CHECKPOINTS = {
    "forged": "it is not signed by a key that is known here",
    "checkpoint_changed": "its row does not say what was signed",
    "checkpoint_missing": "it was removed; the next one there is of that time",
    "shrunk": "the log is shorter than it, with {entry} entries",
    "not_beginning": "the log does not begin as it did then",
}


def sentence(one: Finding) -> str:
    """A finding in one sentence: which event or checkpoint, of what time, and what is wrong with it."""
    at = f" ({minute(one.at)})" if one.at else ""
    if one.kind in CHECKPOINTS:
        wrong = CHECKPOINTS[one.kind].format(entry=one.entry)
        return f"Checkpoint {one.checkpoint}{at}: {wrong}."
    wrong = EVENTS[one.kind].format(checkpoint=one.checkpoint)
    entry = f", entry {one.entry} of the log" if one.entry else ""
    if not one.stream:
        return f"Log after entry {one.entry}: a subtree stands there that belongs to nothing."
    return f"Event {one.seq} of {one.stream}{at}{entry}: {wrong}."
