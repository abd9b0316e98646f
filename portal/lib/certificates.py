"""Certificates by which an organisation seals: made by itself or taken from a PKCS #12 file, read and written as PEM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from portal.lib.held_key import HeldKey, Key, OwnKey, PublicKey, same

CA_DAYS, SIGNER_DAYS = 20 * 365, 3 * 365
LONGEST = 64  # bytes of a common name
EARLY = timedelta(hours=1)  # clocks of other machines may be behind
# Document signing (RFC 9336) says what it is for; viewers of today want to see the one for mail.
PURPOSES = (ObjectIdentifier("1.3.6.1.5.5.7.3.36"), ExtendedKeyUsageOID.EMAIL_PROTECTION)
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


REASONS = (
    "shut", "no key", "no certificate", "other key", "kind of key", "not yet", "expired", "purpose", "unreadable",
    "in token",
)  # fmt: skip


class Unfit(ValueError):
    """A certificate or its key cannot seal; the text is one of `REASONS`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, and the certificates that vouch for it, the nearest first."""

    key: Key = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def root(self) -> x509.Certificate:
        """What others must trust: the last certificate of the chain."""
        return self.chain[-1] if self.chain else self.certificate


def make_authority(company: str, *, now: datetime) -> Identity:
    """A certificate authority of the organisation's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(company, "签章根证书")
    built = _certificate(
        name, name, key, key, CA_DAYS, now, uses=("key_cert_sign", "crl_sign"), authority=True
    )
    return Identity(key, built)


def make_signer(company: str, authority: Identity, *, now: datetime, held: HeldKey | None = None) -> Identity:
    """A certificate that the authority vouches for, which does nothing but sign documents: for a new key or a held one."""
    key: Key = held or ec.generate_private_key(ec.SECP256R1())
    name = _name(company, "电子记录签章")
    uses = ("digital_signature", "content_commitment")
    issuer = authority.certificate.subject
    days = min(SIGNER_DAYS, (authority.certificate.not_valid_after_utc - now).days)
    built = _certificate(name, issuer, key, authority.key, days, now, uses=uses, authority=False)
    return Identity(key, built, (authority.certificate,))


def from_pkcs12(data: bytes, password: str, *, now: datetime) -> Identity:
    """The certificate with key and chain of a PKCS #12 file.

    Raises:
        Unfit: the file cannot be opened so, or what is in it cannot seal.
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise Unfit("shut") from None
    if key is None:
        raise Unfit("no key")
    if certificate is None:  # the library names only the one that belongs to the key
        raise Unfit("other key" if others else "no certificate")
    if not isinstance(key, OwnKey):
        raise Unfit("kind of key")
    found = Identity(key, certificate, tuple(_chain(certificate, others)))
    check(found, now=now)
    return found


def check(one: Identity, *, now: datetime) -> None:
    """Makes sure that it can seal now.

    Raises:
        Unfit: it cannot.
    """
    held, public = one.certificate, one.key.public_key()
    if not isinstance(public, PublicKey) or (isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048):
        raise Unfit("kind of key")
    if not same(held.public_key(), public):
        raise Unfit("other key")
    check_dates(held, now=now)
    try:
        uses = held.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (uses.digital_signature or uses.content_commitment):
        raise Unfit("purpose")


def check_dates(held: x509.Certificate, *, now: datetime) -> None:
    """Makes sure that a certificate holds now.

    Raises:
        Unfit: it does not yet, or not any more.
    """
    if held.not_valid_before_utc > now:
        raise Unfit("not yet")
    if held.not_valid_after_utc < now:
        raise Unfit("expired")


def dump(one: Identity) -> bytes:
    """Key, certificate and chain as PEM; keep it where nobody else can read it. A held key is not in it."""
    key = b""
    if isinstance(one.key, OwnKey):
        key = one.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    return key + dump_public([one.certificate, *one.chain])


def dump_public(certificates: Iterable[x509.Certificate]) -> bytes:
    """Certificates as PEM."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def load(pem: bytes) -> Identity:
    """What `dump` has written.

    Raises:
        Unfit: it is something else.
    """
    certificate, chain = load_public(pem)
    if b"PRIVATE KEY" not in pem:
        raise Unfit("in token")
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise Unfit("unreadable") from None
    if not isinstance(key, OwnKey):
        raise Unfit("kind of key")
    return Identity(key, certificate, chain)


def load_public(pem: bytes) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The certificate and its chain of what `dump` has written.

    Raises:
        Unfit: it is something else.
    """
    try:
        certificate, *chain = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise Unfit("unreadable") from None
    return certificate, tuple(chain)


def find(certificates: Sequence[x509.Certificate], key: HeldKey) -> Identity:
    """The certificate of a held key among others, with those that vouch for it.

    Raises:
        Unfit: it is not among them.
    """
    for one in certificates:
        if same(one.public_key(), key.public_key()):
            return Identity(key, one, tuple(_chain(one, certificates)))
    raise Unfit("other key" if certificates else "no certificate")


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, as others compare it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _chain(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that vouch for one, in their order; others that came with it are left out."""
    found: list[x509.Certificate] = []
    last = certificate
    while last.issuer != last.subject:
        above = next((one for one in others if one not in found and _vouches(one, last)), None)
        if above is None:
            break
        found.append(above)
        last = above
    return found


def _vouches(issuer: x509.Certificate, for_: x509.Certificate) -> bool:
    try:
        for_.verify_directly_issued_by(issuer)
    except Exception:  # the library has many words for no
        return False
    return True


def _name(company: str, what: str) -> x509.Name:
    common = company.encode()[: LONGEST - len(f" {what}".encode())].decode(errors="ignore")
    parts = (
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, company),
        (NameOID.COMMON_NAME, f"{common} {what}"),
    )
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: Key, by: Key, days: int, now: datetime, *,
    uses: tuple[str, ...], authority: bool,
) -> x509.Certificate:  # fmt: skip
    assert isinstance(by, OwnKey)  # an authority's key is never in a token
    usage = x509.KeyUsage(**{name: name in uses for name in _USES})
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage(PURPOSES), critical=False)
    return built.sign(by, hashes.SHA256())
