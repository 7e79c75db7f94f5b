"""Several worker processes on one listening socket: forked, replaced when they die, restarted, ended within a limit.

The supervisor imports the service, and forks the workers from itself, so that they share the memory of the code. It
has no thread, no event loop and no connection: a forked copy of those would not work. The workers inherit the socket,
and the kernel gives each connection to one of them. The first SIGTERM or SIGINT to the supervisor ends the workers in
order; the second kills them.

SIGHUP restarts the service without refusing a connection. The supervisor has the old code in its memory, so it
replaces itself: a `Check` loads the new code and settings in a process of its own; then execv keeps the process id,
the listening socket and the workers (`Inheritance`). The new supervisor starts a new worker, waits until it serves,
and ends an old one, until all are new. If the check or a new worker fails, the old workers continue. The
environment of a process cannot be changed from outside: new settings come from files, as the one that
DATABASE_URL_FILE names.
"""

import gc
import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog

from product_dashboard.process.restart import Check, Inheritance, Worker

log = structlog.stdlib.get_logger()

SIGNALS = (signal.SIGTERM, signal.SIGINT)
HANDLED = (*SIGNALS, signal.SIGHUP, signal.SIGCHLD)
# The exit status of a worker, and of the service, that cannot start.
CANNOT_START = 1
SHORT_LIFE_S = 5.0
PATIENCE_S = 5.0

Work = Callable[[int, Callable[[], None]], int]


class Supervisor:
    """Runs `work` in `count` processes until a signal comes, or until the service cannot start.

    `work` is called in each worker with the worker's slot and with a function to call when the worker serves; it
    returns the exit status. A worker that exits with the status CANNOT_START ends the service if no other worker
    serves. A worker that still runs `grace_s` and PATIENCE_S after the signal to end is killed. Slots are counted from
    0; the successor of a worker takes over its slot. `on_death` is called with the slot of a worker that has ended, and
    `on_stopping` at the first signal, before the workers receive theirs. The environment of the check of new code is
    that of this process, without the variable `check_without`.
    """

    def __init__(
        self,
        work: Work,
        inheritance: Inheritance,
        *,
        count: int,
        grace_s: float,
        check_without: str,
        on_death: Callable[[int], None],
        on_stopping: Callable[[], None],
    ) -> None:
        self._work = work
        self._inheritance = inheritance
        self._workers = inheritance.workers
        self._count = count
        self._grace_s = grace_s
        self._check_without = check_without
        self._on_death = on_death
        self._on_stopping = on_stopping
        self._restarting = bool(self._workers)
        self._not_before_s = 0.0  # no worker is started before this time
        self._signals: list[signal.Signals] = []
        self._restart_asked = False
        self._check: Check | None = None
        # A signal writes a byte into this pipe, which ends the wait of the loop.
        self._wake_reader, self._wake_writer = os.pipe()
        for each in (self._wake_reader, self._wake_writer):
            os.set_blocking(each, False)

    def run(self) -> int:
        """Serve until the end; return the exit status of the service."""
        for each in HANDLED:
            signal.signal(each, self._on_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)  # the supervisor before execv blocked them
        gc.collect()
        gc.freeze()  # the collector of a worker would write to the shared pages, and so copy them
        status = 0
        while not self._signals and status == 0:
            self._start_missing()
            self._replace_one_old()
            self._restart_if_asked()
            self._wait(self._pause_s())
            status = self._remove_dead()
        if self._check is not None:
            self._check.stop()
        if self._signals:
            self._on_stopping()
            log.info("service.stopping", signal=self._signals[0].name, workers=len(self._workers))
        return self._end() or status

    # --- the start of workers, and their ends

    def _start_missing(self) -> None:
        while len(self._workers) < self._count and time.monotonic() >= self._not_before_s:
            self._start()

    def _start(self) -> None:
        taken = {worker.slot for worker in self._workers}
        slot = next(number for number in range(len(taken) + 1) if number not in taken)
        reader, writer = os.pipe()
        # A signal before the worker has its own handlers would run those of this object in the worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            self._be_worker(slot, writer)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        os.close(writer)
        self._workers.append(Worker(pid, slot, time.monotonic(), reader))

    def _be_worker(self, slot: int, starting: int) -> NoReturn:
        """Do the work in the forked process, and end it: it must not return into the code of the supervisor."""
        status = 1
        try:
            self._close_files()
            # A terminal sends Ctrl-C to every process, and the supervisor tells the workers.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, _end_before_start)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            lifeline = self._inheritance.lifeline[0]
            threading.Thread(target=_end_with_supervisor, args=(lifeline, self._grace_s), daemon=True).start()
            status = self._work(slot, lambda: os.close(starting) if os.write(starting, b"!") else None)
        except BaseException:  # SystemExit too: the forked process must say why it ends, and end here
            log.exception("worker.failed")
            raise
        finally:
            logging.shutdown()
            os._exit(status)

    def _close_files(self) -> None:
        """Close the supervisor's files, which a forked process inherits."""
        starting = [worker.starting for worker in self._workers if worker.starting is not None]
        for each in (self._inheritance.lifeline[1], self._wake_reader, self._wake_writer, *starting):
            os.close(each)

    def _remove_dead(self) -> int:
        """Forget the workers that have ended; return the status with which the service must end, or 0."""
        for worker in list(self._workers):
            pid, code = os.waitpid(worker.pid, os.WNOHANG)
            if pid == 0:
                continue
            self._workers.remove(worker)
            if worker.starting is not None:
                os.close(worker.starting)
            self._on_death(worker.slot)
            if worker.told_s is None and (
                status := self._after_death(worker, os.waitstatus_to_exitcode(code))
            ):
                return status
        return 0

    def _after_death(self, worker: Worker, code: int) -> int:
        """Log an unexpected end, and return the status with which the service must end, or 0."""
        lived_s = time.monotonic() - worker.started_s
        serving = any(each.starting is None for each in self._workers)
        if code == CANNOT_START and not serving:
            return CANNOT_START
        log.error("worker.died", pid=worker.pid, exit_status=code, lived_s=round(lived_s, 1))
        if lived_s < SHORT_LIFE_S or code == CANNOT_START:
            self._not_before_s = time.monotonic() + 1.0
        if self._restarting and worker.starting is not None and not worker.is_old:
            self._restarting = False
            log.error("restart.failed", reason="a new worker ended before it served; the old ones continue")
        return 0

    def _end(self) -> int:
        for worker in self._workers:
            if worker.told_s is None:
                self._tell(worker, signal.SIGTERM)
        deadline = time.monotonic() + self._grace_s + PATIENCE_S
        signals_before = len(self._signals)
        while self._workers:
            left = deadline - time.monotonic()
            if left <= 0 or len(self._signals) > max(signals_before, 1):
                log.warning("service.aborted", workers=len(self._workers))
                for worker in self._workers:
                    self._tell(worker, signal.SIGKILL)
                return 128 + self._signals[-1] if self._signals else CANNOT_START
            self._wait(left)
            self._remove_dead()
        return 0

    def _tell(self, worker: Worker, number: signal.Signals) -> None:
        """Send a signal. The process id is the worker's until `_remove_dead` has waited for it."""
        worker.told_s = time.monotonic()
        os.kill(worker.pid, number)

    # --- the restart

    def _replace_one_old(self) -> None:
        """Take the next step of a restart: start a new worker, or end an old one after a new one serves."""
        old = [worker for worker in self._workers if worker.is_old]
        for worker in old:
            if worker.told_s and time.monotonic() - worker.told_s > self._grace_s + PATIENCE_S:
                self._tell(worker, signal.SIGKILL)
        if not self._restarting:
            return
        new = [worker for worker in self._workers if not worker.is_old]
        if any(worker.told_s for worker in old) or any(worker.starting is not None for worker in new):
            return
        if not old:
            self._restarting = False
            log.info("service.restarted", workers=len(new))
        elif len(self._workers) > self._count or len(new) >= self._count:
            self._tell(old[0], signal.SIGHUP)
        else:
            self._start()

    def _restart_if_asked(self) -> None:
        """Check the new code after SIGHUP, and replace this process if it can be loaded."""
        if self._restart_asked and self._check is None:
            self._restart_asked = False
            log.info("service.restarting")
            self._check = Check(without=self._check_without)
        problem = self._check.problem() if self._check is not None else None
        if problem is None:
            return
        self._check = None
        if problem:
            log.error("restart.failed", reason=problem)
            return
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)  # they wait for the handlers of the new supervisor
        try:
            self._inheritance.pass_on()
        except OSError as error:
            log.error("restart.failed", reason=str(error))  # noqa: TRY400 - one line
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)

    # --- waiting

    def _pause_s(self) -> float | None:
        """Return the seconds after which there may be something to do without a signal or an end; None: never."""
        busy = self._check is not None or len(self._workers) < self._count
        return 1.0 if busy or any(worker.told_s for worker in self._workers) else None

    def _wait(self, timeout_s: float | None) -> None:
        """Wait until a signal comes, a worker serves or ends, or the time is over."""
        starting = {worker.starting: worker for worker in self._workers if worker.starting is not None}
        ready, _, _ = select.select([self._wake_reader, *starting], [], [], timeout_s)
        for each in ready:
            if each == self._wake_reader:
                os.read(self._wake_reader, 1024)
            elif os.read(each, 1):
                starting[each].starting = None
                os.close(each)
            else:
                time.sleep(0.01)  # it has closed its end: it is about to end, which SIGCHLD tells

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if number in SIGNALS:
            self._signals.append(signal.Signals(number))
        elif number == signal.SIGHUP:
            self._restart_asked = True
        try:
            os.write(self._wake_writer, b"!")
        except BlockingIOError:
            return  # full: the loop wakes up in any case


def _end_before_start(*_: object) -> NoReturn:
    os._exit(0)


def _end_with_supervisor(lifeline: int, grace_s: float) -> None:
    """End this worker when its supervisor is gone: no other process would end it and free its port."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_s + PATIENCE_S)
    os._exit(1)  # its event loop is blocked
