"""Peers that open calls and take no byte of any answer, in HTTP/2's own frames: no gRPC client can be told to do so."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from google.protobuf.message import Message

#: Types of frames, and the setting that says how much of an answer a peer takes before it asks for more.
DATA, HEADERS, RESET, SETTINGS, PING = 0, 1, 3, 4, 6
INITIAL_WINDOW = 4
ACK, END_STREAM, END_HEADERS = 1, 1, 4


class Deaf:
    """One connection; answers pings and settings, so that it seems to live."""

    def __init__(self, port: int) -> None:
        self.resets = 0
        self._next = 1
        self._socket = socket.create_connection(("127.0.0.1", port))
        settings = _frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW, 0))
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def call(self, method: str, request: Message, count: int = 1) -> None:
        """Open so many calls, such as ``/grpc.health.v1.Health/Watch``."""
        body = request.SerializeToString()
        message = b"\0" + struct.pack(">I", len(body)) + body
        head = b"".join(
            _literal(key, value)
            for key, value in (
                (":method", "POST"),
                (":scheme", "http"),
                (":path", method),
                (":authority", "x"),
                ("te", "trailers"),
                ("content-type", "application/grpc"),
            )
        )
        frames = b""
        for _ in range(count):
            frames += _frame(HEADERS, END_HEADERS, self._next, head) + _frame(DATA, END_STREAM, self._next, message)
            self._next += 2
        self._socket.sendall(frames)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._reader.join()

    def _read(self) -> None:
        buffer = b""
        with suppress(OSError):
            while got := self._socket.recv(1 << 16):
                buffer += got
                while len(buffer) >= 9 and len(buffer) >= 9 + (size := int.from_bytes(buffer[:3], "big")):
                    kind, flags, body = buffer[3], buffer[4], buffer[9 : 9 + size]
                    buffer = buffer[9 + size :]
                    self.resets += kind == RESET
                    if kind in (SETTINGS, PING) and not flags & ACK:
                        self._socket.sendall(_frame(kind, ACK, 0, body if kind == PING else b""))


def _frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def _literal(key: str, value: str) -> bytes:
    """A header as HPACK has it without its tables."""
    return bytes([0, len(key)]) + key.encode() + bytes([len(value)]) + value.encode()
