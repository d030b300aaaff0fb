"""Where a server may listen: loopback, unless told that an open port is intended."""

from __future__ import annotations

import ipaddress

from engine.errors import InsecureAddressError, OptionError


def check_address(address: str, insecure: bool) -> str:
    """The address, refused when other machines could reach it and ``insecure`` is not set.

    Raises OptionError (no ``host:port``) and InsecureAddressError.
    """
    if address.startswith(("unix:", "unix-abstract:")):
        return address
    host, colon, port = address.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise OptionError(f"{address!r} is not an address; write it like 127.0.0.1:50051", address=address)
    if not insecure and not _is_loopback(host.strip("[]")):
        raise InsecureAddressError(
            f"{address} can be reached from other machines and the traffic is neither encrypted nor authenticated; "
            "listen on 127.0.0.1, or start with --insecure where the network itself is trusted",
            address=address,
        )
    return address


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name may resolve to anything
