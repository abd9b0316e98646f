"""What is wrong with the audit trail, in sentences."""

from __future__ import annotations

from portal.lib.clock import minute
from portal.services.tree_check import Finding

WRONG = {
    "missing": "an event before it is missing",
    "changed": "it was changed after it was written",
    "cut": "events after it were cut off",
}
EVENTS = {
    "changed": "it was changed after it was taken into the tree",
    "deleted": "it was deleted after it was taken into the tree",
    "swapped": "it stands in the place of another, and that in its place",
    "differs": "it is not what the tree has, and no checkpoint says which is right",
    "outside": "it was slipped in before events of the tree",
    "leaf_changed": "its leaf in the tree was changed",
    "leaf_missing": "a leaf of the tree before its own is missing",
    "subtree": "a subtree that ends with its leaf was changed",
    "rewritten": "up to its leaf the tree is not what checkpoint {checkpoint} has signed",
    "uncovered": "its leaf is not covered by a checkpoint: checkpoint {checkpoint} was removed",
}
OWN_KEYS = {
    "void": "it was not made by the key of its signer that it names",
    "changed": "the signature was changed after it was made",
    "missing": "its signer had an own key then, and it carries no signature by it",
    "unknown": "it is by a key that its signer did not have then",
    "untold": "no event of the trail says that its owner made it",
    "replaced": "its public key is not that of its fingerprint",
}
RECORDS = {
    "changed": "it is not what was written then",
    "untold": "the trail does not tell of it",
    "gone": "it was deleted",
}
CHECKPOINTS = {
    "forged": "it is not signed by a key that is known here",
    "checkpoint_changed": "its row does not say what was signed",
    "checkpoint_missing": "it was removed; the next one there is of that time",
    "shrunk": "the tree is shorter than it, with {leaf} leaves",
    "not_beginning": "the tree does not begin as it did then",
}


def sentence(one: Finding) -> str:
    """A finding in one sentence: which event or checkpoint, of what time, and what is wrong with it."""
    at = f" ({minute(one.at)})" if one.at else ""
    if one.kind in CHECKPOINTS:
        wrong = CHECKPOINTS[one.kind].format(leaf=one.leaf)
        return f"Checkpoint {one.checkpoint}{at}: {wrong}."
    wrong = EVENTS[one.kind].format(checkpoint=one.checkpoint)
    leaf = f", leaf {one.leaf} of the tree" if one.leaf else ""
    if not one.stream:
        return f"Tree after leaf {one.leaf}: a subtree stands there that belongs to nothing."
    return f"Event {one.seq} of {one.stream}{at}{leaf}: {wrong}."
