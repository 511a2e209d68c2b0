from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.sending.target import Secret, Tls
from conformance.sending.tls import tls_context
from tests.support.pki import Pki, make_pki


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Return certificates, and beside them a file that holds none."""
    folder = tmp_path_factory.mktemp("pki")
    (folder / "junk").write_text("hunter2")
    return make_pki(folder)


def test_a_ca_of_ones_own_is_trusted_in_place_of_the_systems(pki: Pki) -> None:
    context = tls_context(Tls(ca=pki.ca))
    assert context.cert_store_stats()["x509"] == 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_client_certificate_may_stand_with_its_key_beside_it_or_under_a_password(pki: Pki) -> None:
    for tls in (
        Tls(certificate=pki.both),
        Tls(certificate=pki.certificate, key=pki.key),
        Tls(certificate=pki.certificate, key=pki.encrypted_key, key_password=Secret(pki.password)),
    ):
        assert tls_context(tls).verify_mode is ssl.CERT_REQUIRED


UNUSABLE = "not a certificate and its readable key; set tls.certificate and tls.key to PEM files"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"ca": "gone"}, "gone: No such file or directory; set tls.ca to a readable file"),
        ({"ca": "."}, "Is a directory; set tls.ca to a readable file"),
        ({"ca": "junk"}, "junk: no CA certificates in PEM form; set tls.ca to a bundle of them"),
        ({"certificate": "gone"}, "gone: No such file or directory; name a readable PEM file in tls"),
        (
            {"certificate": "client.pem", "key": "gone"},
            "gone: No such file or directory; name a readable PEM",
        ),
        ({"certificate": "client.pem"}, f"client.pem: {UNUSABLE}"),
        ({"certificate": "junk", "key": "client.key"}, f"client.key: {UNUSABLE}"),
        ({"certificate": "client.pem", "key": "client-encrypted.key"}, f"client-encrypted.key: {UNUSABLE}"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_fix(
    pki: Pki, files: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as caught:
        tls_context(Tls(**{name: pki.folder / file for name, file in files.items()}))
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_key_of_another_certificate_is_told_as_that(pki: Pki, tmp_path: Path) -> None:
    stranger = make_pki(tmp_path)
    with pytest.raises(UsageError, match=r"client\.key: not the key of .*client\.pem; set tls\.key"):
        tls_context(Tls(certificate=pki.certificate, key=stranger.key))


@pytest.mark.parametrize("password", ["wrong", "x" * 5000])
def test_a_wrong_password_is_told_without_being_repeated_and_nothing_is_asked(
    pki: Pki, password: str
) -> None:
    with pytest.raises(UsageError, match=r"tls\.key-password-env") as caught:
        tls_context(Tls(certificate=pki.certificate, key=pki.encrypted_key, key_password=Secret(password)))
    assert password not in str(caught.value)
