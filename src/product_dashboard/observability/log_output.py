"""The output of the log: a bounded queue, and a thread that renders and writes the entries.

The thread is the only part of the process that waits for the output. A full disk, a closed pipe or a pipe without
a reader therefore costs only log lines, which `log_lines_dropped_total` counts.

The standard library's QueueListener is not used: it writes each record separately, and its `stop` waits
without a limit for an output that stalls.
"""

import logging
import os
import select
import stat
import threading
from collections.abc import Callable
from queue import SimpleQueue

from structlog.types import EventDict

from product_dashboard.observability.metrics import LOG_LINES_DROPPED

QUEUE_LIMIT = 10_000
# The thread writes so many lines at once, or those of so many seconds: each batch costs a wake-up of the thread.
# No request runs while it renders a batch. With batches of 300 lines, the p99 of cached answers was a fifth higher.
BATCH_LIMIT = 64
BATCH_DELAY_S = 0.01
CLOSE_TIMEOUT_S = 1.0
_WRITE_SIZE = 64 * 1024


class LogOutput(logging.Handler):
    """Writes to the file descriptor `fd` what the standard library logs, and the events of `put`.

    `render` makes an event one line of text, without its end. It runs in the thread, so that a request pays for
    neither the rendering nor the writing. An output that is not `threaded` writes at once, and drops the entry if the
    output cannot take it: a process with a thread cannot be forked, and one that waits for its log ends no worker.
    """

    def __init__(
        self,
        fd: int,
        render: Callable[[EventDict], str],
        *,
        queue_limit: int = QUEUE_LIMIT,
        threaded: bool = True,
    ) -> None:
        super().__init__()
        self._fd = fd
        self._render = render
        self._queue: SimpleQueue[EventDict | str | None] = SimpleQueue()
        self._queue_limit = queue_limit
        # Several processes may write to one pipe: only writes of up to PIPE_BUF bytes are not mixed there.
        self._write_size = select.PIPE_BUF if stat.S_ISFIFO(os.fstat(fd).st_mode) else _WRITE_SIZE
        self._line_is_open = False
        self._is_due = threading.Event()  # a batch is complete, or the log is being closed
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True) if threaded else None
        if self._thread is not None:
            self._thread.start()

    def put(self, entry: EventDict | str) -> None:
        """Add an event or a rendered line to the queue; count it as dropped if the queue is full.

        Never waits and never raises. The caller must not change the event afterwards.
        """
        if self._thread is None:
            self._write_if_possible(self._line(entry)[: select.PIPE_BUF])
        elif (waiting := self._queue.qsize()) < self._queue_limit:
            self._queue.put(entry)
            if waiting >= BATCH_LIMIT and not self._is_due.is_set():
                self._is_due.set()
        else:
            LOG_LINES_DROPPED.labels("queue_full").inc()

    # structlog calls the logger's method of the event's level.
    debug = info = warning = error = critical = put

    def emit(self, record: logging.LogRecord) -> None:
        """Add a record of the standard library to the queue."""
        try:
            self.put(self.format(record))
        except Exception:  # noqa: BLE001 - a record that cannot be formatted must not fail the caller
            LOG_LINES_DROPPED.labels("not_rendered").inc()

    def close(self) -> None:
        """Write the queue, for at most CLOSE_TIMEOUT_S; `logging.shutdown` calls it when the process ends."""
        if self._thread is not None:
            self._is_closing = True
            self._is_due.set()
            self._queue.put(None)
            self._thread.join(CLOSE_TIMEOUT_S)
        super().close()

    def _run(self) -> None:
        ended = False
        while not ended:
            entries = [self._queue.get()]
            if self._queue.qsize() < BATCH_LIMIT and not self._is_closing:
                self._is_due.wait(BATCH_DELAY_S)
            self._is_due.clear()
            while not self._queue.empty() and len(entries) < BATCH_LIMIT:
                entries.append(self._queue.get())
            ended = None in entries
            self._write_lines([self._line(entry) for entry in entries if entry is not None])

    def _line(self, entry: EventDict | str) -> bytes:
        try:
            text = entry if isinstance(entry, str) else self._render(entry)
            return f"{text}\n".encode(errors="backslashreplace")
        except Exception:  # noqa: BLE001 - a value's own code may raise anything, and the thread must continue
            LOG_LINES_DROPPED.labels("not_rendered").inc()
            return b""

    def _write_if_possible(self, line: bytes) -> None:
        """Write a line of at most PIPE_BUF bytes, for which a pipe that is ready has room."""
        if select.select([], [self._fd], [], 0)[1]:
            self._write([line])
        else:
            LOG_LINES_DROPPED.labels("write_failed").inc()

    def _write_lines(self, lines: list[bytes]) -> None:
        chunk: list[bytes] = []
        size = 0
        for line in lines:
            if chunk and size + len(line) > self._write_size:
                self._write(chunk)
                chunk, size = [], 0
            chunk.append(line)
            size += len(line)
        self._write(chunk)

    def _write(self, lines: list[bytes]) -> None:
        data = (b"\n" if self._line_is_open else b"") + b"".join(lines)
        written = 0
        try:
            while written < len(data):
                try:
                    written += os.write(self._fd, data[written:])
                except BlockingIOError:
                    select.select([], [self._fd], [])
        except OSError:
            LOG_LINES_DROPPED.labels("write_failed").inc(len(lines))
        if written:
            self._line_is_open = data[written - 1 : written] != b"\n"
