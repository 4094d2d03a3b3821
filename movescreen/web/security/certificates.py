"""Certificates for this machine's own network, made by an authority of its own.

Browsers give the camera to https pages only, and nobody certifies the addresses of a private network. So the first start makes an
authority that may speak for private addresses and this machine's names alone, and each start a certificate for the addresses of that
day. A phone trusts the authority once. Its key never leaves this machine and is readable by its owner only.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from platformdirs import user_config_path

from movescreen.errors import SettingsError
from movescreen.files import write_bytes

#: Validity; phones refuse certificates of servers that hold for more than 825 days.
_AUTHORITY, _SERVER = timedelta(days=3650), timedelta(days=390)
#: Blocks that are not reachable from the internet (IANA's registry of special-purpose addresses), those of homes and clinics first.
_PRIVATE = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.168.0.0/16", "10.0.0.0/8", "100.64.0.0/10", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "172.16.0.0/12", "127.0.0.0/8",
    )
)  # fmt: skip


def find_addresses() -> tuple[str, ...]:
    """Return this machine's IPv4 addresses in private networks, those that phones usually share first."""
    found = {ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)}
    placed = {a: next((i for i, n in enumerate(_PRIVATE) if ipaddress.ip_address(a) in n), None) for a in found}
    shared = [a for a in found if placed[a] is not None and not ipaddress.ip_address(a).is_loopback]
    return tuple(sorted(shared, key=lambda a: (placed[a] or 0, ipaddress.ip_address(a).packed)))


def make_certificate(addresses: Iterable[str], folder: Path | None = None) -> tuple[Path, Path, Path]:
    """Return certificate, key and authority (PEM files) for addresses and names of this machine.

    Parameters
    ----------
    folder
        Where authority and keys are kept; the user's configuration folder when None. The authority is made when it is missing.

    Raises
    ------
    SettingsError
        When the authority that is kept there cannot be read.
    """
    home = folder or user_config_path("movescreen") / "https"
    authority, authority_key = home / "authority.pem", home / "authority.key"
    if not authority.is_file() or not authority_key.is_file():
        _make_authority(authority, authority_key)
    try:
        issuer = x509.load_pem_x509_certificate(authority.read_bytes())
        signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
    except (OSError, ValueError, TypeError, AssertionError) as error:
        raise SettingsError(
            f"the certificate authority in {home} cannot be read: {error}",
            f"remove {home}; phones must trust the new one",
        ) from error
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(name) for name in _own_names()]
    ips = [x509.IPAddress(ipaddress.ip_address(a)) for a in dict.fromkeys([*addresses, "127.0.0.1"])]
    certificate = (
        _start(f"movescreen on {socket.gethostname()}"[:64], issuer.subject, key, _SERVER)
        .add_extension(x509.SubjectAlternativeName([*ips, *names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    paths = home / "server.pem", home / "server.key"
    write_bytes(paths[0], certificate.public_bytes(serialization.Encoding.PEM))
    write_bytes(paths[1], _key_bytes(key))
    return *paths, authority


def _make_authority(path: Path, key_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"movescreen authority of {socket.gethostname()}"[:64]
    permitted = [x509.IPAddress(n) for n in _PRIVATE] + [x509.DNSName(n) for n in _own_names()]
    certificate = (
        _start(name, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, _AUTHORITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    write_bytes(key_path, _key_bytes(key))
    write_bytes(path, certificate.public_bytes(serialization.Encoding.PEM))


def _start(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + valid)
    )


def _own_names() -> tuple[str, ...]:
    host = socket.gethostname().lower().partition(".")[0]
    return tuple(dict.fromkeys(["localhost", host, f"{host}.local"]))


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
