"""`mixed`: all routes under load, while workers, the database, Redis and the log fail at random times.

    python -m tests.faults mixed --requests 200000 --seed 7

The log goes to a pipe during the first half, and to a full disk during the second; between them the service ends by
SIGTERM and starts again. The run ends after `--requests`, or after `--seconds` if that is sooner.
"""

import argparse
import random
from collections.abc import Sequence

from rich.console import Console

from tests.faults.report import Findings, percentile, print_table
from tests.faults.run import ANSWER_WITHIN_S, Plan, run
from tools.stack.testing import WAYS


def show(plan: Plan, findings: Findings, console: Console) -> None:
    """Print the figures and the violations of a run."""
    counts, seconds = findings.counts, findings.counts["seconds"] or 1
    faults = ", ".join(
        f"{name.removeprefix('fault: ')} {n}" for name, n in sorted(counts.items()) if "fault: " in name
    )
    rows = [
        ("seed", str(plan.seed), ""),
        ("requests", f"{counts['requests']} in {seconds} s ({counts['requests'] / seconds:.0f}/s)", ""),
        ("answers", ", ".join(f"{status}: {n}" for status, n in findings.answers.most_common()), ""),
        ("faults", faults or "none", ""),
        (
            "p50 / p99 / longest",
            " / ".join(f"{percentile(findings.seconds, share) * 1000:.0f} ms" for share in (0.5, 0.99, 1)),
            f"{ANSWER_WITHIN_S:g} s",
        ),
        (
            "from the cache",
            ", ".join(
                f"{name.removeprefix('cache ')} {n}"
                for name, n in sorted(counts.items())
                if name.startswith("cache ")
            ),
            "",
        ),
        ("restart", f"ended in {counts['stop ms']} ms, ready after {counts['start ms']} ms", ""),
        ("own CPU per request", f"{counts['own cpu us'] / (counts['requests'] or 1):.0f} us", ""),
        ("repeated with a key", str(counts["repeated with a key"]), ""),
        ("doubts settled by a read", str(counts["doubts settled by a read"]), ""),
        ("violations", str(findings.violations.total()), "0"),
    ]
    print_table(console, "mixed", rows)
    console.print(findings.told(), highlight=False, markup=False)


def main(argv: Sequence[str]) -> int:
    """Run `mixed` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults mixed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--requests", type=int, default=200_000, help="end after so many (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=1800, help="end after this time (default: %(default)s)"
    )
    parser.add_argument("--clients", type=int, default=24, help="connections (default: %(default)s)")
    parser.add_argument(
        "--fault-every", type=float, default=3, help="mean seconds between two faults (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="of the load and the faults (default: a new one)"
    )
    parser.add_argument(
        "--stores",
        choices=WAYS,
        default="auto",
        help="where MySQL and Redis come from (default: %(default)s)",
    )
    options = parser.parse_args(argv)
    plan = Plan(
        seed=options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000),
        requests=options.requests,
        seconds=options.seconds,
        clients=options.clients,
        fault_every_s=options.fault_every,
        way=options.stores,
    )
    console = Console()
    findings = run(plan, console)
    show(plan, findings, console)
    return 0 if findings.passed else 1
