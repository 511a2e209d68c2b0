"""Certificates for one test session: an authority, what it issued, and servers that speak TLS by them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True)
class Pki:
    """PEM files in one folder: the CA, a stranger's CA, and a client's certificate and key."""

    folder: Path
    authority: trustme.CA
    password: str

    @property
    def ca(self) -> Path:
        """The CA that issued everything here."""
        return self.folder / "ca.pem"

    @property
    def other_ca(self) -> Path:
        """A CA that issued nothing here."""
        return self.folder / "other-ca.pem"

    @property
    def certificate(self) -> Path:
        """The client's certificate, without its key."""
        return self.folder / "client.pem"

    @property
    def key(self) -> Path:
        """The client's key, in the clear."""
        return self.folder / "client.key"

    @property
    def encrypted_key(self) -> Path:
        """The client's key under the password."""
        return self.folder / "client-encrypted.key"

    @property
    def both(self) -> Path:
        """The client's key and certificate in one file."""
        return self.folder / "client-both.pem"

    def server(self, *, asks: bool = False) -> ssl.SSLContext:
        """Return the context of a server on 127.0.0.1, which may ask for a client certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        # In 1.3 a client is refused after its handshake, and may learn of it or of a reset.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.authority.issue_cert("127.0.0.1").configure_cert(context)
        if asks:
            self.authority.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def make_pki(folder: Path) -> Pki:
    """Make an authority and write its files into `folder`."""
    pki = Pki(folder, trustme.CA(), "the password of a key")
    client = pki.authority.issue_cert("client@example.org")
    pki.authority.cert_pem.write_to_path(str(pki.ca))
    trustme.CA().cert_pem.write_to_path(str(pki.other_ca))
    client.cert_chain_pems[0].write_to_path(str(pki.certificate))
    client.private_key_pem.write_to_path(str(pki.key))
    client.private_key_and_cert_chain_pem.write_to_path(str(pki.both))
    key = load_pem_private_key(pki.key.read_bytes(), None)
    secret = BestAvailableEncryption(pki.password.encode())
    pki.encrypted_key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    return pki
