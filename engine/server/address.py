"""Where a server may listen: loopback, unless told that an open port is intended."""

from __future__ import annotations

import ipaddress

from engine.errors import InsecureAddressError, OpenAddressError, OptionError


def check_address(address: str, insecure: bool, *, encrypted: bool = False, authenticated: bool = False) -> str:
    """The address, refused when other machines could reach it and ``insecure`` is not set, unless the traffic is
    encrypted and callers must say who they are: with TLS alone whoever reaches the port could do everything.

    Raises OptionError (no ``host:port``), InsecureAddressError and OpenAddressError.
    """
    if address.startswith(("unix:", "unix-abstract:")):
        return address
    host, colon, port = address.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise OptionError(f"{address!r} is not an address; write it like 127.0.0.1:50051", address=address)
    if insecure or _is_loopback(host.strip("[]")):
        return address
    if not encrypted:
        raise InsecureAddressError(
            f"{address} can be reached from other machines and the traffic is not encrypted; give --tls-cert and "
            "--tls-key, listen on 127.0.0.1, or start with --insecure where the network itself is trusted",
            address=address,
        )
    if not authenticated:
        raise OpenAddressError(
            f"{address} can be reached from other machines and callers need not say who they are; give --tls-client-ca "
            "or set up tokens (docs/security.md), listen on 127.0.0.1, or start with --insecure",
            address=address,
        )
    return address


def is_local(address: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    return address.startswith("unix") or _is_loopback(address.rpartition(":")[0].strip("[]"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name may resolve to anything
