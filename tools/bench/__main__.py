"""`python -m tools.bench NAME`: load tests and comparisons. Compare only figures of the same run.

A benchmark is a module with `main(argv)`, which returns the exit status. It is imported only when it runs,
because each one needs packages of its own.
"""

import importlib
import sys

BENCHMARKS = {
    "load-test": ("http.load_test", "the API with its cache, compared with the API without it"),
    "http": ("http.bench", "the API's routes, compared with the least that its server and framework cost"),
    "access": (
        "http.access",
        "the rules of access, compared with no rules and with a middleware of Litestar",
    ),
    "observability": (
        "observability.bench",
        "a request's log line and figures, compared with the usual way to write them",
    ),
    "capacity": ("http.capacity", "a request's cost for the service, the database and Redis, and its space"),
    "growth": ("http.growth", "the API's routes on little data, compared with the same on much data"),
    "failover": (
        "failover",
        "ten failovers of each kind on three MySQL servers: losses, stale reads, times to recover",
    ),
    "cache": ("cache.bench", "the cache, compared with cashews, aiocache and dogpile.cache"),
    "secondaries": (
        "cache.secondaries",
        "lists and reports read from the secondaries of a MySQL group, compared with the primary",
    ),
    "sql": ("sql.bench", "the compiler, compared with sqlc: time, memory and correct results"),
    "wrong": ("sql.wrong", "the compiler's refusals of wrong statements, compared with those of a server"),
    "lsp": ("sql.keystrokes", "the compiler's language server: the time for a keystroke"),
}


def usage() -> str:
    """The list of benchmarks."""
    width = max(len(name) for name in BENCHMARKS)
    lines = [f"  {name:{width}}  {purpose}" for name, (_, purpose) in BENCHMARKS.items()]
    return "\n".join(
        ["usage: python -m tools.bench NAME [options]", "", *lines, "", "NAME --help shows its options."]
    )


def main(argv: list[str]) -> int:
    """Run the benchmark that the first argument names; the exit status."""
    if not argv or argv[0] in {"-h", "--help"}:
        print(usage())
        return 0
    name, *rest = argv
    if name not in BENCHMARKS:
        print(f"error: there is no benchmark {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"tools.bench.{BENCHMARKS[name][0]}")
    status: int = module.main(rest)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
