"""The proof that an event stands in the tree: one file, held against a public key, without the portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.lib import checkpoints, merkle
from portal.lib.checkpoints import Checkpoint
from portal.lib.hashing import canonical_json, chain
from portal.lib.signed_note import NotSigned


class NotProven(ValueError):
    """The proof does not hold; the text says where."""


def check(proof: Mapping[str, Any], keys: Iterable[Ed25519PublicKey]) -> Checkpoint:
    """Return the signed checkpoint under which the proof's event stands.

    Raises:
        NotProven: event, path or checkpoint do not fit each other, or the signature is nobody's that is known.
    """
    try:
        link = chain(proof["previous"], canonical_json(proof["event"]))
        position, path = proof["position"], [bytes.fromhex(one) for one in proof["path"]]
        if not isinstance(position, int):
            raise TypeError
        signed = checkpoints.read(proof["checkpoint"], keys)
    except NotSigned as problem:
        raise NotProven(str(problem)) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotProven("the file is no proof of the portal") from None
    if link != proof.get("hash"):
        raise NotProven("the event is not the one that was taken into the tree")
    if not merkle.includes(signed.root, signed.size, position, merkle.leaf_hash(link.encode()), path):
        raise NotProven("the event does not stand under this checkpoint")
    return signed
