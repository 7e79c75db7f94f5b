"""`python -m tools.bench <name>`: load and comparison. Every figure is a ratio within one run.

A benchmark is a module of this package with a `main(argv)` that returns the exit code; it is imported only
when it is asked for, because each brings tools of its own.
"""

import importlib
import sys

BENCHMARKS = {
    "load-test": ("load_test", "the API from the database against the API from the cache"),
    "http": ("http_bench", "the API's routes against the floors of its server and framework"),
    "cache": ("cache.bench", "the cache against cashews, aiocache and dogpile.cache"),
    "gen": ("gen_bench", "the compiler against sqlc, in time, memory and right answers"),
}


def usage() -> str:
    width = max(len(name) for name in BENCHMARKS)
    lines = [f"  {name:{width}}  {purpose}" for name, (_, purpose) in BENCHMARKS.items()]
    return "\n".join(
        ["usage: python -m tools.bench NAME [options]", "", *lines, "", "NAME --help shows its options."]
    )


def main(argv: list[str]) -> int:
    if not argv or argv[0] in {"-h", "--help"}:
        print(usage())
        return 0
    name, *rest = argv
    if name not in BENCHMARKS:
        print(f"error: there is no benchmark {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"tools.bench.{BENCHMARKS[name][0]}")
    code: int = module.main(rest)
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
