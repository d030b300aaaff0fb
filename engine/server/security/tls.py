"""Encryption: certificates from files, taken anew for the next connection when they have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from engine.errors import CertificateError
from engine.server.logs import logger
from engine.server.security.settings import TlsSettings
from graphs.errors import FileMissingError, TowlineError

Stamp = tuple[tuple[int, int, int], ...]


class Certificates:
    """The server's certificates. Files that are wrong, or half written, leave those of before in force."""

    def __init__(self, settings: TlsSettings, now: Callable[[], datetime] | None = None) -> None:
        """FileMissingError, CertificateError."""
        self._settings, self._lock, self._now = settings, Lock(), now or partial(datetime.now, UTC)
        #: When the one in the files begins to hold, if that is still to come.
        self._due: datetime | None = None
        self._stamp = self._stamped()
        self.ends = datetime.min.replace(tzinfo=UTC)
        self._first = self._read()

    def credentials(self) -> grpc.ServerCredentials:
        """For one port."""
        return grpc.dynamic_ssl_server_credentials(
            self._first, self._changed, require_client_authentication=self._settings.client_ca is not None
        )

    def reload(self) -> None:
        """Read the files at the next connection, whatever their times say."""
        with self._lock:
            self._stamp = ()

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Asked by gRPC before each handshake: None leaves everything as it is."""
        with self._lock:
            try:
                stamp = self._stamped()
                if stamp == self._stamp and (self._due is None or self._now() < self._due):
                    return None
                self._stamp = stamp  # also when they cannot be used: look again when they change again
                fresh = self._read()
            except TowlineError as error:
                logger.error(
                    "certificates", extra={"outcome": "kept", "reason": error.reason, "problem": error.message}
                )
                return None
        logger.info("certificates", extra={"outcome": "read"})
        return fresh

    def _files(self) -> list[Path]:
        files = (self._settings.cert, self._settings.key, self._settings.client_ca)
        return [path for path in files if path is not None]

    def _stamped(self) -> Stamp:
        try:
            states = [path.stat() for path in self._files()]
        except OSError as error:
            raise FileMissingError(f"TLS file {error.filename} cannot be read: {error.strerror}") from None
        return tuple((state.st_mtime_ns, state.st_size, state.st_ino) for state in states)

    def _read(self) -> grpc.ServerCertificateConfiguration:
        self._due = None
        files = [_bytes(path) for path in self._files()]
        chain, key = files[0], files[1]
        certificate = _check_pair(chain, key, self._settings)
        self._check_times(certificate)
        if self._settings.client_ca is not None:
            _certificates(files[2], f"clients' CA {self._settings.client_ca}")
        self.ends = certificate.not_valid_after_utc
        return grpc.ssl_server_certificate_configuration([(key, chain)], *files[2:])

    def _check_times(self, certificate: x509.Certificate) -> None:
        """CertificateError when it is out of date, or holds only later: gRPC would not say so, and clients fail."""
        path, begins, ends = self._settings.cert, certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if begins > self._now():
            self._due = begins
            raise CertificateError(
                f"certificate {path} is not valid before {begins.isoformat()}; give another, or set the clock right",
                path=path,
            )
        if ends <= self._now():
            raise CertificateError(f"certificate {path} ended on {ends.isoformat()}; renew it", path=path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileMissingError(f"TLS file {path} cannot be read: {error.strerror}", path=path) from None


def _certificates(raw: bytes, where: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(raw)
    except ValueError:
        raise CertificateError(f"{where} holds no certificates in PEM", where=where) from None


def _check_pair(chain: bytes, key: bytes, settings: TlsSettings) -> x509.Certificate:
    """The certificate; CertificateError when they do not belong together: gRPC would not say so."""
    certificate = _certificates(chain, f"certificate {settings.cert}")[0]
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except TypeError:
        raise CertificateError(
            f"key {settings.key} is encrypted; give it without a password", path=settings.key
        ) from None
    except ValueError:
        raise CertificateError(f"key {settings.key} is no private key in PEM", path=settings.key) from None
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise CertificateError(
            f"key {settings.key} does not belong to certificate {settings.cert}; give the pair", path=settings.key
        )
    return certificate
