"""Runs the tests of each mutant in a forked process.

Pytest collects the tests once. A first run without a mutation measures each test, and the functions that it calls: a
mutant is tested by the tests that call its function until one fails: first by the one that killed it in an earlier run,
then by those that killed its neighbours, those of the test module named like its own, and the quickest. A constant is
tested by the tests that call a function of its module, or of a module that imports it.
"""

import gc
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from inspect import signature
from types import CodeType, FrameType
from typing import Any, TypeVar

import msgspec
import pytest
from msgspec import Struct

from tools.mutants.mutations import MODULE
from tools.mutants.patch import apply_mutation, importers_of
from tools.mutants.targets import CACHED, CLAIMS, OTHERS, import_name, path_of

_K = TypeVar("_K")
_CACHE = "mutants/killers"
"""In pytest's cache: the test that killed each mutant. It is the first one in the next run."""


class Mutant(Struct, frozen=True):
    """One mutation of one module."""

    module: str
    number: int
    """Its place among the mutations of the module."""
    function: str
    line: int
    change: str

    @property
    def id(self) -> str:
        return f"{self.module}.{self.function}: {self.change}"


class Outcome(Struct, frozen=True):
    """The result of one mutant."""

    mutant: Mutant
    killed: bool
    timed_out: bool = False


class Measured(Struct, frozen=True):
    """The first run of a test: its seconds, and the functions that it called as (module, qualified name)."""

    seconds: float
    functions: frozenset[tuple[str, str]]
    failed: bool


class Runner:
    """A pytest plugin; `outcomes` yields the results in the order in which they come."""

    def __init__(
        self,
        work: Callable[["Runner"], None],
        *,
        jobs: int,
        seconds: float,
    ) -> None:
        self._work = work
        self._jobs = jobs
        self._limit = seconds
        self._items: Sequence[pytest.Item] = ()
        self.left_out: Sequence[str] = ()
        """Tests that need a fixture: a server, which has no part in a mutant."""
        self.measured: list[Measured] = []
        self._killers: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        """By module and function (or an empty name): how many mutants each test killed."""
        self._known: dict[str, str] = {}
        """The test that killed a mutant in this run or an earlier one."""
        self._names: dict[str, int] = {}
        self._by_function: dict[tuple[str, str], list[int]] = {}
        self._by_module: dict[str, list[int]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants instead of the tests."""
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} errors in the collection")
        self._items = [item for item in session.items if not fixtures_of(item)]
        self.left_out = [item.nodeid for item in session.items if fixtures_of(item)]
        self._names = {item.nodeid: index for index, item in enumerate(self._items)}
        self.measured = _in_child(self._measure)
        self._by_function = _indexes(test.functions for test in self.measured)
        self._by_module = _indexes({module for module, _ in test.functions} for test in self.measured)
        cache: Any = session.config.cache  # pytest leaves the types of the kept values open
        self._known.update(cache.get(_CACHE, {}))
        gc.freeze()  # the children share these objects, and do not visit them
        try:
            self._work(self)
        finally:
            cache.set(_CACHE, self._known)
        return True

    # --- the run without a mutation

    def _measure(self) -> list[Measured]:
        modules = {str(path_of(module)): module for module in CLAIMS.keys() | OTHERS}
        return [_measure(item, modules) for item in self._items]

    # --- mutants

    def outcomes(self, mutants: Sequence[Mutant]) -> Iterator[Outcome]:
        """Run the tests of each mutant, `jobs` at a time."""
        waiting = list(reversed(mutants))
        running: dict[int, tuple[Mutant, int]] = {}
        while waiting or running:
            while waiting and len(running) < self._jobs:
                mutant = waiting.pop()
                pid, output = self._start(mutant)
                running[pid] = (mutant, output)
            pid, status = os.wait()
            mutant, output = running.pop(pid)
            yield self._outcome(mutant, status, output)

    def _start(self, mutant: Mutant) -> tuple[int, int]:
        tests = self._tests_of(mutant)
        output, into = os.pipe()
        pid = os.fork()
        if pid:
            os.close(into)
            return pid, output
        # CPU time: on a busy machine, a mutant that no test kills would also reach a limit of elapsed time.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, self._limit)
        _be_silent()
        try:
            apply_mutation(mutant.module, mutant.number)
            for index in tests:
                if _fails(self._items[index]):
                    os.write(into, str(index).encode())
                    os._exit(1)
        except BaseException:  # noqa: BLE001 - a mutant that cannot even be imported is noticed
            os._exit(1)
        os._exit(0)

    def _outcome(self, mutant: Mutant, status: int, output: int) -> Outcome:
        killer = os.read(output, 100)
        os.close(output)
        if killer:
            self._killers[mutant.module, mutant.function][int(killer)] += 1
            self._killers[mutant.module, ""][int(killer)] += 1
            self._known[mutant.id] = self._items[int(killer)].nodeid
        timed_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        return Outcome(mutant, killed=status != 0, timed_out=timed_out)

    def _tests_of(self, mutant: Mutant) -> list[int]:
        if mutant.module in CACHED:
            found = set(range(len(self._items)))
        elif mutant.function == MODULE:
            users = (mutant.module, *importers_of(mutant.module))
            found = {index for module in users for index in self._by_module.get(module, ())}
        else:
            found = set(self._by_function.get((mutant.module, mutant.function), ()))
        known = self._names.get(self._known.get(mutant.id, ""))
        kills = self._killers[mutant.module, mutant.function]
        of_module = self._killers[mutant.module, ""]

        mirror = f"test_{mutant.module.rpartition('.')[2]}"

        def promise(index: int) -> tuple[bool, int, bool, float]:
            seconds = self.measured[index].seconds
            elsewhere = not self._items[index].path.stem.startswith(mirror)
            return index != known, -kills[index], elsewhere, seconds / (1 + of_module[index])

        return sorted(found, key=promise)


def _indexes(keys_of_tests: Iterable[Iterable[_K]]) -> dict[_K, list[int]]:
    """Return the indexes of the tests with each key."""
    found: defaultdict[_K, list[int]] = defaultdict(list)
    for index, keys in enumerate(keys_of_tests):
        for key in keys:
            found[key].append(index)
    return found


def _in_child(function: Callable[[], list[Measured]]) -> list[Measured]:
    """Call a function in a forked process, so that it leaves nothing behind in this one."""
    output, into = os.pipe()
    pid = os.fork()
    if not pid:
        _be_silent()
        with os.fdopen(into, "wb") as stream:
            stream.write(msgspec.msgpack.encode(function()))
        os._exit(0)
    os.close(into)
    with os.fdopen(output, "rb") as stream:
        data = stream.read()
    os.waitpid(pid, 0)
    return msgspec.msgpack.decode(data, type=list[Measured])


def _be_silent() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _measure(item: pytest.Item, modules: dict[str, str]) -> Measured:
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.add(frame.f_code)

    started = time.perf_counter()
    sys.setprofile(note)
    try:
        failed = _fails(item)
    finally:
        sys.setprofile(None)
    seconds = time.perf_counter() - started
    functions = {
        (modules[code.co_filename], code.co_qualname.split(".<locals>")[0])
        for code in called
        if code.co_filename in modules
    }
    return Measured(seconds, frozenset(functions), failed)


def _fails(item: pytest.Item) -> bool:
    """Call the function of a test, without the rest of pytest's protocol, which takes longer than most tests."""
    try:
        _call_of(item)()
    except Exception:  # noqa: BLE001 - any exception is a failure
        return True
    return False


def fixtures_of(item: pytest.Item) -> frozenset[str]:
    """Return the fixtures that a test function takes. Raises TypeError for a test that is no function."""
    return frozenset(signature(_function_of(item)).parameters) - _arguments_of(item).keys()


def _call_of(item: pytest.Item) -> Callable[[], object]:
    return partial(_function_of(item), **_arguments_of(item))


def _function_of(item: pytest.Item) -> Callable[..., object]:
    if not isinstance(item, pytest.Function):
        raise TypeError(f"{item.nodeid} is not a function")
    function: Callable[..., object] = item.obj
    return function


def _arguments_of(item: pytest.Item) -> dict[str, object]:
    """Return the arguments that @pytest.mark.parametrize gives to a test."""
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def import_modules() -> None:
    """Import the analysis before any test, so that each test process has it."""
    for module in sorted(CLAIMS.keys() | OTHERS):
        __import__(import_name(module))
