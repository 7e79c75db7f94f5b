"""The load generator counts every response and every failure."""

import itertools
import socket
from collections.abc import Iterator

from tests.bench.canned import ERROR, OK, serving
from tools.bench.http import load


def run(port: int, requests: Iterator[bytes], seconds: float = 30) -> load.Result:
    return load.run("127.0.0.1", port, requests, connections=1, seconds=seconds)


def test_each_request_is_sent_once_and_in_order_and_the_run_ends_with_the_last() -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket, request: bytes) -> None:
        seen.append(request.split(b" ")[1])
        connection.sendall(OK)

    with serving(answer) as port:
        result = run(port, iter([load.get("/1"), load.get("/2"), load.post("/3", b"{}")]))

    assert seen == [b"/1", b"/2", b"/3"]
    assert result.statuses == {200: 3}
    assert result.cache_states == {"HIT": 3}
    assert len(result.latencies_ms) == 3
    assert not result.failures


def test_a_response_that_comes_in_pieces_counts_once() -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        for byte in OK:
            connection.sendall(bytes([byte]))

    with serving(answer) as port:
        result = run(port, itertools.repeat(load.get("/"), 2))

    assert result.statuses == {200: 2}


def test_errors_are_counted_by_their_status() -> None:
    answers = itertools.cycle([OK, ERROR])

    with serving(lambda connection, _: connection.sendall(next(answers))) as port:
        result = run(port, itertools.repeat(load.get("/"), 4))

    assert result.statuses == {200: 2, 503: 2}


def test_a_connection_that_the_server_closes_is_a_failure_and_the_load_continues() -> None:
    answers = itertools.chain([OK[:-1]], itertools.repeat(OK))

    def answer(connection: socket.socket, _: bytes) -> None:
        part = next(answers)
        connection.sendall(part)
        if part != OK:
            connection.shutdown(socket.SHUT_RDWR)

    with serving(answer) as port:
        result = run(port, itertools.repeat(load.get("/"), 3))

    assert result.failures == {"closed by the server": 1}
    assert result.statuses == {200: 2}


def test_the_run_ends_after_its_time_and_waits_for_the_responses_under_way() -> None:
    with serving(lambda connection, _: connection.sendall(OK)) as port:
        result = run(port, itertools.repeat(load.get("/")), seconds=0.02)

    assert 0.02 <= result.seconds < 20
    assert result.statuses.total() == len(result.latencies_ms) > 0
    assert not result.failures
