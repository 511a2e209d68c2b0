"""TLS: the files of a target as one context, every mistake in them told by the file that holds it."""

from __future__ import annotations

import ssl
from pathlib import Path

from conformance.errors import UsageError
from conformance.sending.target import Tls


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return a context that trusts `ca` alone, the system's CAs where it is None, and shows the certificate.

    Raises UsageError that names the file and the fix.
    """
    context = _trusting(tls.ca)
    context.set_alpn_protocols(("http/1.1",))
    if tls.certificate is not None:
        _show(context, tls, tls.certificate)
    return context


def _trusting(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        raise UsageError(f"{ca}: no CA certificates in PEM form; set tls.ca to a bundle of them") from error
    except OSError as error:
        raise UsageError(f"{ca}: {error.strerror or error}; set tls.ca to a readable file") from error


def _show(context: ssl.SSLContext, tls: Tls, certificate: Path) -> None:
    # Without a callback OpenSSL would ask the terminal for the password of an encrypted key.
    password = tls.key_password.reveal() if tls.key_password else ""
    key = tls.key or certificate
    for file in (certificate, key):
        _require_readable(file)
    try:
        context.load_cert_chain(certificate, tls.key, lambda: password)
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(_advice(error, certificate, key)) from error


def _require_readable(file: Path) -> None:
    try:
        file.open("rb").close()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}; name a readable PEM file in tls") from error


def _advice(error: Exception, certificate: Path, key: Path) -> str:
    if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
        return f"{key}: not the key of {certificate}; set tls.key to its own"
    files = certificate if certificate == key else f"{certificate} and {key}"
    return (
        f"{files}: not a certificate and its readable key; set tls.certificate and tls.key to PEM files, and "
        "tls.key-password-env to the variable of an encrypted key's password"
    )
