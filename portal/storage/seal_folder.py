"""The folder of the organisation's certificate.

```
signer.pem               key, certificate and chain; nobody but the portal's user may read it. No key if a token has it
ca-key.pem               the organisation's own authority, where it made one; the same
trust.pem                what others must trust to believe the seals, earlier ones included; to be handed out
earlier/<serial>.pem     certificates that sealed before, without their keys
```
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from cryptography import x509

from portal.lib import certificates
from portal.lib.certificates import Identity, Unfit
from portal.lib.held_key import PublicKey
from portal.storage import private_file
from portal.storage.token import Token

SIGNER, AUTHORITY, TRUST, EARLIER = "signer.pem", "ca-key.pem", "trust.pem", "earlier"


def read(folder: Path, token: Token | None = None) -> Identity | None:
    """The certificate that seals, with its key, be it in a token; None if there is none.

    Raises:
        Unfit: there is something that cannot be read.
    """
    return _identity(folder / SIGNER, token)


def authority(folder: Path) -> Identity | None:
    """The organisation's own authority; None if it made none.

    Raises:
        Unfit: there is something that cannot be read.
    """
    return _identity(folder / AUTHORITY)


def begin(folder: Path, signer: Identity, authority: Identity | None = None) -> bool:
    """Makes the folder with all that belongs in it at once; False if somebody else was first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))  # for its owner alone
    try:
        private_file.write(half / SIGNER, certificates.dump(signer))
        if authority is not None:
            private_file.write(half / AUTHORITY, certificates.dump(authority))
        private_file.write(half / TRUST, certificates.dump_public([signer.root]), 0o644)
        half.rename(folder)  # fails where the folder is there and not empty
    except OSError:
        if (folder / SIGNER).exists():
            return False
        raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return True


def replace(folder: Path, signer: Identity) -> None:
    """Puts another certificate in the place of the one there is, whose key goes and whose certificate stays."""
    old = _certificates(folder / SIGNER)
    if old:
        (folder / EARLIER).mkdir(mode=0o700, exist_ok=True)
        name = f"{old[0].serial_number:x}.pem"
        private_file.write(folder / EARLIER / name, certificates.dump_public(old), 0o644)
    trusted = [*_certificates(folder / TRUST), signer.root]
    private_file.write(folder / TRUST, certificates.dump_public(dict.fromkeys(trusted)), 0o644)
    private_file.write(folder / SIGNER, certificates.dump(signer))


def _identity(file: Path, token: Token | None = None) -> Identity | None:
    try:
        pem = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        raise Unfit("unreadable") from None
    if token is None:
        return certificates.load(pem)
    certificate, chain = certificates.load_public(pem)
    public = certificate.public_key()
    if not isinstance(public, PublicKey):
        raise Unfit("kind of key")
    return Identity(token.held(public), certificate, chain)


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return []
