"""A server that answers with given bytes."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Cache: hit\r\n\r\n{}"
ERROR = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"

Answers = Callable[[socket.socket, bytes], None]


@contextmanager
def serving(answer: Answers) -> Generator[int]:
    """A server that calls `answer` for each request, a connection at a time; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    while request := connection.recv(65_536):
                        answer(connection, request)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
