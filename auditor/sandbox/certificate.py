"""Certificates for serving by TLS: one that is made for the occasion, or the user's own.

The one that is made is signed by an authority that is made with it. Its key never leaves this
process and is not kept, and it may sign for this machine only, so trusting it gives nothing away.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auditor.errors import UsageError
from auditor.sandbox.secret_files import secret_folder

_NAME, _ADDRESS = "localhost", "127.0.0.1"
_LIFETIME = timedelta(days=30)
_CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """What the sandbox shows to clients."""

    context: ssl.SSLContext
    host: str
    """A name of this machine that it is valid for."""

    authority: Path | None = None
    """The file with what clients have to trust; None where that is the user's business."""


@contextmanager
def made_certificate() -> Iterator[Certificate]:
    """A new certificate for localhost and 127.0.0.1, in files that only their owner can read.

    The files are removed at the end.

    Raises:
        UsageError: the folder for temporary files cannot be written.
    """
    authority, chain = _issued()
    with secret_folder({"ca.pem": authority, "server.pem": chain}) as folder:
        yield Certificate(_context(folder / "server.pem", None), _ADDRESS, folder / "ca.pem")


def own_certificate(chain: Path, key: Path | None) -> Certificate:
    """A certificate of the user's own.

    Args:
        chain: a PEM file with the certificate, and then those that signed it.
        key: a PEM file with its private key, not encrypted; by default it is in the same file.

    Raises:
        UsageError: a file cannot be read, they do not belong together, or the certificate names
            no host.
    """
    try:
        context = _context(chain, key)
        first = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise UsageError(
            f"{chain} cannot be served with: {getattr(error, 'strerror', None) or error}.",
            remedy="Name a certificate and its private key, both PEM files: --cert FILE --key FILE",
        ) from error
    return Certificate(context, _host(first, chain))


def _issued() -> tuple[bytes, bytes]:
    """An authority's certificate; and one that it has signed, with its key. All in PEM."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _called("okta-auditor sandbox authority")
    authority_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    networks = [IPv4Network(f"{_ADDRESS}/32")]
    names = [x509.DNSName(_NAME), *(x509.IPAddress(each) for each in networks)]
    authority = (
        _begun(issuer, issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(authority_id, critical=False)
        .add_extension(x509.NameConstraints(names, None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    own = [x509.DNSName(_NAME), x509.IPAddress(IPv4Address(_ADDRESS))]
    certificate = (
        _begun(_called("okta-auditor sandbox"), issuer, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(own), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return authority.public_bytes(pem), certificate.public_bytes(pem) + private


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + _LIFETIME)
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _context(chain: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # An encrypted key would have OpenSSL ask for its password, on the terminal.
    context.load_cert_chain(chain, key, password=_no_password)
    return context


def _no_password() -> str:
    raise ValueError("its private key is encrypted")


def _host(certificate: x509.Certificate, path: Path) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = None
    if names is not None:
        if IPv4Address(_ADDRESS) in names.get_values_for_type(x509.IPAddress):
            return _ADDRESS
        hosts = names.get_values_for_type(x509.DNSName)
        if hosts:
            return _NAME if _NAME in hosts else hosts[0]
    raise UsageError(
        f"{path} names no host that it is valid for.",
        remedy=f"Give it a subject alternative name, such as DNS:{_NAME}.",
    )
