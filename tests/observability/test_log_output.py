"""The queue in front of the log: bounded, never waiting, and each line that is lost is counted."""

import fcntl
import os
import select
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.types import EventDict

from product_dashboard.observability.log_output import BATCH_LIMIT, CLOSE_TIMEOUT_S, LogOutput
from product_dashboard.observability.metrics import render_metrics
from tests.waiting import PATIENCE_S, SLACK_S


def as_text(event: EventDict) -> str:
    return str(event["event"])


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("log_lines_dropped_total", {"reason": reason}) or 0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for each in (reader, writer):
        try:
            os.close(each)
        except OSError:
            continue  # the test has closed it


def test_many_lines_are_one_write_in_their_order(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real_write = os.write

    def counted(fd: int, data: bytes) -> int:
        written.append(len(data))
        return real_write(fd, data)

    monkeypatch.setattr("os.write", counted)
    output = LogOutput(pipe[1], as_text)
    for number in range(300):
        output.put({"event": f"line {number}"})
    output.close()
    assert os.read(pipe[0], 100_000).decode().splitlines() == [f"line {number}" for number in range(300)]
    assert len(written) < 10
    assert max(written) <= 4096, "writes of several processes to one pipe must not be mixed"


def test_a_batch_that_is_complete_is_written_at_once_and_one_that_is_not_with_the_next_lines(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.observability.log_output.BATCH_DELAY_S", 3600)
    output = LogOutput(pipe[1], as_text)
    for number in range(BATCH_LIMIT + 2):
        output.put({"event": f"line {number}"})
    assert select.select([pipe[0]], [], [], PATIENCE_S)[0], "the batch waits for more lines"
    received = os.read(pipe[0], 100_000)
    output.close()
    os.close(pipe[1])
    while more := os.read(pipe[0], 100_000):
        received += more
    assert received.decode().splitlines() == [f"line {number}" for number in range(BATCH_LIMIT + 2)]


def test_a_reader_that_stalls_costs_the_lines_beyond_the_limit_and_no_time(pipe: tuple[int, int]) -> None:
    before = dropped("queue_full")
    output = LogOutput(pipe[1], as_text, queue_limit=100)
    while dropped("queue_full") == before:
        output.put({"event": "x" * 1000})
        time.sleep(0.001)
    began = time.monotonic()
    for _ in range(49):
        output.put({"event": "lost"})
    assert time.monotonic() - began < SLACK_S
    assert dropped("queue_full") == before + 50
    assert f'log_lines_dropped_total{{reason="queue_full"}} {before + 50}' in render_metrics().decode()
    began = time.monotonic()
    output.close()
    assert time.monotonic() - began < CLOSE_TIMEOUT_S + SLACK_S
    while any(each.name == "log" for each in threading.enumerate()):
        os.read(pipe[0], 65536)  # let the thread end before its pipe is closed
        time.sleep(0.05)


def test_a_full_disk_costs_the_lines_and_is_counted() -> None:
    before = dropped("write_failed")
    full = os.open("/dev/full", os.O_WRONLY)
    output = LogOutput(full, as_text)
    for _ in range(20):
        output.put({"event": "lost"})
    output.close()
    os.close(full)
    assert dropped("write_failed") == before + 20


def test_lines_are_written_again_once_the_output_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "log"
    fd = os.open("/dev/full", os.O_WRONLY)
    output = LogOutput(fd, as_text)
    output.put("lost")
    time.sleep(0.1)
    working = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.dup2(working, fd)
    output.put("kept")
    output.close()
    os.close(working)
    os.close(fd)
    assert path.read_text() == "kept\n"


def test_a_line_that_was_cut_off_does_not_run_into_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    real_write = os.write
    room = [5]

    def full_soon(target: int, data: bytes) -> int:
        if not room[0]:
            room[0] = 1000
            raise OSError(28, "No space left on device")
        taken = real_write(target, data[: room[0]])
        room[0] -= taken
        return taken

    output = LogOutput(fd, as_text)
    monkeypatch.setattr("os.write", full_soon)
    output.put("the first line")
    time.sleep(0.1)
    output.put("second")
    output.close()
    os.close(fd)
    assert path.read_text() == "the f\nsecond\n"


def test_an_output_that_does_not_block_is_waited_for(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    flags = fcntl.fcntl(writer, fcntl.F_GETFL)
    fcntl.fcntl(writer, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    before = dropped("write_failed")
    output = LogOutput(writer, as_text)
    for _ in range(100):
        output.put("x" * 2000)
    closing = threading.Thread(target=output.close)
    closing.start()
    found = 0
    while found < 100 * 2001:
        found += len(os.read(reader, 65536))
    closing.join()
    assert dropped("write_failed") == before
