"""Where a server may listen: loopback, unless told that an open port is intended."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from engine.errors import InsecureAddressError, ListenError, OpenAddressError, OptionError


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


def check_plain_address(address: str, insecure: bool, option: str) -> str:
    """As `check_address`, for a port that has neither TLS nor callers: no certificate would make it fit for others.

    Raises OptionError (no ``host:port``) and InsecureAddressError.
    """
    try:
        return check_address(address, insecure)
    except InsecureAddressError:
        raise InsecureAddressError(
            f"{option}: {address} can be reached from other machines, and this port has no TLS and asks nobody who "
            "they are; listen on 127.0.0.1, with a proxy before it that does, or start with --insecure where the "
            "network itself is trusted",
            address=address,
        ) from None


def check_free(address: str) -> None:
    """ListenError when somebody listens on any of the addresses that a name stands for: gRPC is content with one of
    them, and half of the callers would reach another server. What the machine does not have is passed over."""
    host, _, port = address.rpartition(":")
    if address.startswith("unix") or int(port) == 0:
        return
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return  # gRPC says so
    for family, kind, protocol, _, where in found:
        try:
            with socket.socket(family, kind, protocol) as tried:
                if os.name == "posix":
                    tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that ended are no server
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(where)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise taken(address, where[0]) from None


def taken(address: str, exactly: object = None) -> ListenError:
    """Somebody else has the address, or one of those that its name stands for."""
    part = "" if exactly is None or str(exactly) == address.rpartition(":")[0].strip("[]") else f" ({exactly} is taken)"
    return ListenError(f"cannot listen on {address}{part}; is another server running there?", address=address)


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
