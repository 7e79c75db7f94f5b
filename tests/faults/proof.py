"""`proof`: the laboratory itself is tested: `mixed` must find each fault that is built into a service.

    python -m tests.faults proof

The services are those of `mutants.py`. They run one after another, for a few seconds each, without other faults.
"""

import argparse
import asyncio
from collections.abc import Sequence
from io import StringIO

from rich.console import Console

from product_dashboard.migrate import upgrade
from tests.faults.report import Findings, print_table
from tests.faults.run import Plan, run_without_faults
from tools.stack.testing import WAYS, scratch_database, session_stores

EXPECTED: dict[str, frozenset[str]] = {
    "drops_an_invalidation": frozenset({"wrong sum", "stale read"}),
    "confirms_without_commit": frozenset({"stale read", "lost write"}),
    "creates_twice": frozenset({"doubled order"}),
    "answers_stale": frozenset({"stale read", "wrong sum"}),
    "forgets_a_total": frozenset({"wrong summary"}),
    "answers_otherwise_than_documented": frozenset({"undocumented answer"}),
    "answers_late": frozenset({"late answer"}),
}
"""For each mutant the kinds of violations of which at least one must be found."""


async def attack(mutant: str, database_url: str, redis_url: str, seed: int = 1) -> Findings:
    """Run the load on a mutant; the database must be empty and migrated."""
    plan = Plan(
        seed=seed,
        requests=1500,
        seconds=6,
        workers=1,
        size=3,
        module="tests.faults.mutants",
        variables=(("MUTANT", mutant),),
    )
    return await run_without_faults(plan, database_url, redis_url, Console(file=StringIO()))


def is_found(mutant: str, findings: Findings) -> bool:
    """Return True if the findings name the fault of the mutant."""
    return bool(EXPECTED[mutant] & findings.violations.keys())


def main(argv: Sequence[str]) -> int:
    """Run `proof` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults proof", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of the load (default: %(default)s)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    options = parser.parse_args(argv)
    console = Console()
    rows: list[tuple[str, str, str]] = []
    with session_stores(options.stores) as stores:
        for mutant in EXPECTED:
            with scratch_database(stores.mysql_url) as url:
                upgrade(url)
                findings = asyncio.run(attack(mutant, url, stores.redis_url, options.seed))
            found = ", ".join(f"{kind}: {count}" for kind, count in findings.violations.items())
            rows.append((mutant, found or "nothing", "found" if is_found(mutant, findings) else "NOT FOUND"))
            console.print(f"  {mutant}: {found or 'nothing'}", highlight=False)
    print_table(console, "proof", rows)
    return 0 if all(verdict == "found" for _, _, verdict in rows) else 1
