"""`python -m tests.faults [PART] [options]`: the fault laboratory. Exit status 1 if a promise is broken."""

import importlib
import sys

PARTS = {
    "mixed": "all routes under load, while workers, stores and the log fail; 0 violations of the model",
    "failover": "the same load on three MySQL servers in a group, whose primary fails in each way in turn",
    "schema": "schemathesis on the OpenAPI document; 0 failures",
    "slow": "slow clients; the others are answered at most 2 times as late",
    "hot": "many buyers of one product; lists, readiness and sums stay right",
    "proof": "services with one fault built in; `mixed` finds each of them",
}


def usage() -> str:
    """The list of parts."""
    lines = [f"  {name:10}{purpose}" for name, purpose in PARTS.items()]
    return "\n".join(
        [
            "usage: just faults [PART] [options]; without a part, all of them one after another",
            "",
            *lines,
            "",
            "PART --help shows its options. All parts take --seed and --stores.",
        ]
    )


def main(argv: list[str]) -> int:
    """Run one part, or all with the same options; the exit status."""
    if argv and argv[0] in {"-h", "--help"}:
        print(usage())
        return 0
    if argv and not argv[0].startswith("-"):
        name, *rest = argv
        if name not in PARTS:
            print(f"error: there is no part {name!r}\n\n{usage()}", file=sys.stderr)
            return 2
        return _run(name, rest)
    return max(_run(name, argv) for name in PARTS)


def _run(name: str, options: list[str]) -> int:
    status: int = importlib.import_module(f"tests.faults.{name}").main(options)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
