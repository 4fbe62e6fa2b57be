"""Certificates of a sandbox's brokers: one authority that signs them all at once and is then forgotten."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.sandbox.loopback import LOOPBACK

VALID_DAYS = 5 * 365
_CLOCKS_DIFFER = timedelta(days=1)
_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
"""A broker shows the same certificate to clients, and to the other controllers, who ask for one."""


def broker_name(broker_id: int) -> str:
    """Name a broker by its certificate: what the other brokers, and the table of super users, know it by."""
    return f"CN=kafka-{broker_id}"


def make_certificates(folder: Path, broker_ids: range) -> None:
    """Write `ca.pem`, and for each broker one PEM file of its key and certificate, readable by nobody else.

    The authority's key is not kept: nobody can sign one more certificate that these brokers would trust.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("shebao-sandbox")
    authority = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signs_certificates(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    for broker_id in broker_ids:
        _write_private(folder / f"broker-{broker_id}.pem", _broker_pem(broker_id, name, key))
    # Last: whoever finds it finds the others, too.
    _write_private(folder / "ca.pem", authority.public_bytes(serialization.Encoding.PEM))


def _broker_pem(broker_id: int, issuer: x509.Name, signer: ec.EllipticCurvePrivateKey) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    places = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address(LOOPBACK))]
    certificate = (
        _builder(_name(broker_name(broker_id).removeprefix("CN=")), issuer, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .add_extension(x509.ExtendedKeyUsage(_USES), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    # Unencrypted, as Kafka reads it without a password: a password beside the file would protect nothing.
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return written + certificate.public_bytes(serialization.Encoding.PEM)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
    )


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
