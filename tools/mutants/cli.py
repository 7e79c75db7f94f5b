"""`python -m tools.mutants`: does a test notice when a proof of the compiler is wrong?

Each module that makes claims about rows is changed in one place at a time (mutations.py), and its tests run until
one fails. Exit status 1 if a survivor is not listed in accepted.toml with a reason, if that list names a mutant that is
noticed ("killed") or does not exist, or if a run of all modules kills less than 95 % of the mutants.

All modules are about 3,700 mutants. A run remembers in pytest's cache which test killed each of them, and the next run
begins with that test. While you work, name one module, or take a sample: `--sample 100 predicates` is done in a minute.

The general tools do not do this: mutmut 3 mutates neither tables of constants nor single conditions of a conjunction,
mutates the text of every message, and has no list of accepted mutants; cosmic-ray starts a process for each mutant.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from tools.mutants.accepted import load_accepted, unknown_entries
from tools.mutants.patch import parsed
from tools.mutants.runner import Mutant, Outcome, Runner, import_modules
from tools.mutants.targets import ACCEPTED, CHECKOUT, CLAIMS, TESTS, faults_of_targets, path_of

_REQUIRED = 0.95
_EVERY = 50
"""Mutants from one line of progress to the next."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the mutants and print the survivors; returns the exit status."""
    options = _parser().parse_args(argv)
    faults = [
        *faults_of_targets(),
        *(f"unknown module {each}" for each in options.modules if each not in CLAIMS),
    ]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    if faults:
        return 2
    modules = options.modules or list(CLAIMS)
    every = [mutant for module in modules for mutant in mutants_of(module)]
    chosen = _sample(every, options.sample, options.seed)
    report = _Report(load_accepted(ACCEPTED), every, chosen, complete=len(chosen) == len(every))
    os.environ.setdefault("SQLGEN_PROPERTY_JOINS", "250")
    import_modules()
    runner = Runner(report.run, jobs=options.jobs, seconds=options.seconds)
    arguments = ["-q", "--confcutdir", str(CHECKOUT / "tests/sqlgen")]
    status = pytest.main([*arguments, *(str(CHECKOUT / test) for test in TESTS)], plugins=[runner])
    return int(status) or report.status


def mutants_of(module: str) -> list[Mutant]:
    """Return the mutants of a module in the order of its text."""
    functions = CLAIMS[module]
    return [
        Mutant(module, number, found.function, found.line, found.change)
        for number, found in enumerate(parsed(module)[1])
        if functions is None or found.function in functions
    ]


def _sample(mutants: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    if size is None or size >= len(mutants):
        return mutants
    return random.Random(seed).sample(mutants, size)  # noqa: S311 - a sample of tests


class _Report:
    """Prints the progress and the result of a run."""

    def __init__(
        self, accepted: dict[str, str], every: Sequence[Mutant], chosen: Sequence[Mutant], *, complete: bool
    ) -> None:
        # Of a run of all modules also the entries of a module that is no longer a target.
        prefixes = tuple(f"{mutant.module}." for mutant in every)
        self.whole = {mutant.module for mutant in every} == set(CLAIMS)
        self.accepted = {key: why for key, why in accepted.items() if self.whole or key.startswith(prefixes)}
        self.every = every
        self.chosen = chosen
        self.complete = complete
        self.outcomes: list[Outcome] = []
        self.status = 1

    def run(self, runner: Runner) -> None:
        failing = sum(test.failed for test in runner.measured)
        seconds = sum(test.seconds for test in runner.measured)
        print(f"\n{len(self.chosen)} mutants, {len(runner.measured)} tests in {seconds:.1f} s")
        for test in runner.left_out:
            print(f"left out, it needs a fixture: {test}")
        if failing:
            print(f"error: {failing} tests fail without a mutation", file=sys.stderr)
            return
        started = time.perf_counter()
        for outcome in runner.outcomes(self.chosen):
            self.outcomes.append(outcome)
            if not outcome.killed:
                self._survivor(outcome.mutant)
            if len(self.outcomes) % _EVERY == 0:
                self._progress(time.perf_counter() - started)
        self._summary(time.perf_counter() - started)

    def _survivor(self, mutant: Mutant) -> None:
        verdict = "accepted" if mutant.id in self.accepted else "SURVIVED"
        print(
            f"{verdict} {path_of(mutant.module).relative_to(CHECKOUT)}:{mutant.line} {mutant.id}", flush=True
        )

    def _progress(self, seconds: float) -> None:
        done = len(self.outcomes)
        left = seconds / done * (len(self.chosen) - done)
        killed = sum(outcome.killed for outcome in self.outcomes)
        print(f"  {done} of {len(self.chosen)}, {killed / done:.1%} killed, {left:.0f} s left", flush=True)

    def _summary(self, seconds: float) -> None:
        total = Counter(outcome.mutant.module for outcome in self.outcomes)
        killed = Counter(outcome.mutant.module for outcome in self.outcomes if outcome.killed)
        late = Counter(outcome.mutant.module for outcome in self.outcomes if outcome.timed_out)
        print(f"\n| module | mutants | killed | of these by time | survived | share |\n|{' --- |' * 6}")
        for module in (*total, None):
            figures = [
                counts.total() if module is None else counts[module] for counts in (total, killed, late)
            ]
            share = figures[1] / max(1, figures[0])
            print(
                f"| {module or 'all'} | {figures[0]} | {figures[1]} | {figures[2]} "
                f"| {figures[0] - figures[1]} | {share:.1%} |"
            )
        print(f"\n{seconds:.0f} s")
        faults = [*self._faults(killed.total() / max(1, total.total()))]
        for fault in faults:
            print(f"error: {fault}", file=sys.stderr)
        self.status = int(bool(faults))

    def _faults(self, share: float) -> Sequence[str]:
        # On a busy machine, a survivor may also reach the limit of time.
        killed = {each.mutant.id for each in self.outcomes if each.killed and not each.timed_out}
        survivors = [outcome.mutant.id for outcome in self.outcomes if not outcome.killed]
        unnamed = [each for each in survivors if each not in self.accepted]
        faults: list[str] = []
        if self.whole and share < _REQUIRED:
            faults.append(f"{share:.1%} of the mutants are killed, less than {_REQUIRED:.0%}")
        if unnamed:
            faults.append(f"{len(unnamed)} survivors have no reason in {ACCEPTED.relative_to(CHECKOUT)}")
        faults.extend(f"accepted, but killed: {each}" for each in self.accepted if each in killed)
        known = (mutant.id for mutant in self.every)
        faults.extend(f"accepted, but no mutant: {each}" for each in unknown_entries(self.accepted, known))
        return faults


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(CLAIMS)} (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (default: 2)")
    parser.add_argument("--seconds", type=float, default=60, help="CPU time of each mutant (default: 60)")
    return parser
