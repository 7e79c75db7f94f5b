"""Free TCP ports on the loopback interface."""

import socket
from contextlib import closing

_NEIGHBOURS = 200


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True if a server can listen on the port now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred`, or the next free port after it; any free port if there is none or without `preferred`."""
    if preferred is not None:
        for port in range(preferred, preferred + _NEIGHBOURS):
            if is_free(port):
                return port
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
