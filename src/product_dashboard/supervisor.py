"""Several worker processes on one listening socket: started, replaced when they die, ended in a bounded time.

The workers inherit the socket, and the kernel gives each connection to one of them. Signals are for the
supervisor: the first SIGTERM or SIGINT ends the workers in order, the second kills them.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog

log = structlog.stdlib.get_logger()

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SHORT_LIFE_S = 5.0
PATIENCE_S = 5.0

_spawn = multiprocessing.get_context("spawn")


class Supervisor:
    """Runs `work()` in `count` processes until a signal comes, or until a worker cannot start.

    `work` must be picklable; a worker ends its process with status `cannot_start` where a restart would be
    of no use. A worker that is still there `grace_s` (and a little) after it was told to end is killed.
    `on_death` is told the process id of each worker that died by itself.
    """

    def __init__(
        self,
        work: Callable[[], None],
        *,
        count: int,
        grace_s: float,
        cannot_start: int,
        on_death: Callable[[int], None],
    ) -> None:
        self._work = work
        self._on_death = on_death
        self._count = count
        self._grace_s = grace_s
        self._cannot_start = cannot_start
        self._workers: dict[SpawnProcess, float] = {}
        self._signals: list[signal.Signals] = []
        # A signal must wake the loop up: it writes a byte into this pipe.
        self._wake_reader, self._wake_writer = _spawn.Pipe(duplex=False)

    def run(self) -> int:
        """Serve until the end; the exit status of the whole."""
        for each in SIGNALS:
            signal.signal(each, self._on_signal)
        for _ in range(self._count):
            self._start()
        status = 0
        while not self._signals and status == 0:
            self._wait(None)
            status = self._replace_dead()
        if self._signals:
            log.info("service.stopping", signal=self._signals[0].name, workers=len(self._workers))
        return self._end() or status

    def _start(self) -> None:
        worker = _spawn.Process(target=_run_worker, args=(self._work,))
        worker.start()
        self._workers[worker] = time.monotonic()

    def _replace_dead(self) -> int:
        for worker in [each for each in self._workers if not each.is_alive()]:
            lived_s = time.monotonic() - self._workers.pop(worker)
            self._on_death(worker.pid or 0)
            if worker.exitcode == self._cannot_start:
                return self._cannot_start
            if self._signals:
                continue
            log.error("worker.died", pid=worker.pid, exit_status=worker.exitcode, lived_s=round(lived_s, 1))
            if lived_s < SHORT_LIFE_S:
                self._wait(1.0)
            self._start()
        return 0

    def _end(self) -> int:
        for worker in self._workers:
            worker.terminate()
        deadline = time.monotonic() + self._grace_s + PATIENCE_S
        told = len(self._signals)
        while any(worker.is_alive() for worker in self._workers):
            left = deadline - time.monotonic()
            if left <= 0 or len(self._signals) > max(told, 1):
                log.warning("service.aborted", workers=sum(worker.is_alive() for worker in self._workers))
                for worker in self._workers:
                    worker.kill()
                return 128 + self._signals[-1] if self._signals else self._cannot_start
            self._wait(left)
        return 0

    def _wait(self, timeout_s: float | None) -> None:
        """Until a signal comes, a worker ends, or the time is over."""
        ready = wait([self._wake_reader, *(worker.sentinel for worker in self._workers)], timeout_s)
        if self._wake_reader in ready:
            self._wake_reader.recv_bytes()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signals.append(signal.Signals(number))
        self._wake_writer.send_bytes(b"!")


def _run_worker(work: Callable[[], None]) -> None:
    # A terminal sends Ctrl-C to every process: the supervisor passes on what is meant for the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work()


def _end_with_parent() -> None:
    """Workers whose supervisor was killed must not go on holding its port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
