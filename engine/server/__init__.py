"""The gRPC service: `Server` in a program, `serve` in a process of its own. The contract is docs/api.md."""

from engine.server.options import ServerOptions
from engine.server.serve import serve
from engine.server.server import Server

__all__ = ["Server", "ServerOptions", "serve"]
