"""Several worker processes on one listening socket: started, replaced when they die, ended within a limit.

The workers inherit the socket, and the kernel gives each connection to one of them. The first SIGTERM or SIGINT
to the supervisor ends the workers in order; the second kills them.
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

    `work` must be picklable. A worker that exits with the status `cannot_start` is not replaced: the service
    ends. At the end, a worker that still runs `grace_s` and PATIENCE_S after its SIGTERM is killed. Each worker has a
    slot, counted from 0, which its successor takes over. `before_start` is called with the slot of a worker that is
    about to start, `on_death` with the slot of a worker that died, and `on_stopping` at the first signal, before the
    workers receive theirs.
    """

    def __init__(
        self,
        work: Callable[[], None],
        *,
        count: int,
        grace_s: float,
        cannot_start: int,
        before_start: Callable[[int], None],
        on_death: Callable[[int], None],
        on_stopping: Callable[[], None],
    ) -> None:
        self._work = work
        self._before_start = before_start
        self._on_death = on_death
        self._on_stopping = on_stopping
        self._count = count
        self._grace_s = grace_s
        self._cannot_start = cannot_start
        self._workers: dict[SpawnProcess, tuple[int, float]] = {}  # the slot, and the time of the start
        self._signals: list[signal.Signals] = []
        # A signal writes a byte into this pipe, which ends the wait of the loop.
        self._wake_reader, self._wake_writer = _spawn.Pipe(duplex=False)

    def run(self) -> int:
        """Serve until the end; return the exit status of the service."""
        for each in SIGNALS:
            signal.signal(each, self._on_signal)
        for slot in range(self._count):
            self._start(slot)
        status = 0
        while not self._signals and status == 0:
            self._wait(None)
            status = self._replace_dead()
        if self._signals:
            self._on_stopping()
            log.info("service.stopping", signal=self._signals[0].name, workers=len(self._workers))
        return self._end() or status

    def _start(self, slot: int) -> None:
        self._before_start(slot)
        worker = _spawn.Process(target=_run_worker, args=(self._work, self._grace_s))
        worker.start()
        self._workers[worker] = slot, time.monotonic()

    def _replace_dead(self) -> int:
        for worker in [each for each in self._workers if not each.is_alive()]:
            slot, started = self._workers.pop(worker)
            lived_s = time.monotonic() - started
            self._on_death(slot)
            if worker.exitcode == self._cannot_start:
                return self._cannot_start
            if self._signals:
                continue
            log.error("worker.died", pid=worker.pid, exit_status=worker.exitcode, lived_s=round(lived_s, 1))
            if lived_s < SHORT_LIFE_S:
                self._wait(1.0)
            self._start(slot)
        return 0

    def _end(self) -> int:
        for worker in self._workers:
            worker.terminate()
        deadline = time.monotonic() + self._grace_s + PATIENCE_S
        signals_before = len(self._signals)
        while any(worker.is_alive() for worker in self._workers):
            left = deadline - time.monotonic()
            if left <= 0 or len(self._signals) > max(signals_before, 1):
                log.warning("service.aborted", workers=sum(worker.is_alive() for worker in self._workers))
                for worker in self._workers:
                    worker.kill()
                return 128 + self._signals[-1] if self._signals else self._cannot_start
            self._wait(left)
        return 0

    def _wait(self, timeout_s: float | None) -> None:
        """Wait until a signal comes, a worker ends, or the time is over."""
        ready = wait([self._wake_reader, *(worker.sentinel for worker in self._workers)], timeout_s)
        if self._wake_reader in ready:
            self._wake_reader.recv_bytes()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signals.append(signal.Signals(number))
        self._wake_writer.send_bytes(b"!")


def _run_worker(work: Callable[[], None], grace_s: float) -> None:
    # A terminal sends Ctrl-C to every process, and the supervisor tells the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(grace_s,), daemon=True).start()
    work()


def _end_with_parent(grace_s: float) -> None:
    """End this worker when its supervisor is gone: no other process would end it and free its port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace_s + PATIENCE_S)
        os._exit(1)  # its event loop is blocked
