"""`just observability`: tests the rules, and runs a Prometheus on the running API until Ctrl-C.

`just observability check` only tests the rules. If the API asks for keys, API_KEY must be one with the scope `metrics`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from tools.observability import prometheus
from tools.stack.errors import StackError
from tools.stack.layout import preferred_port
from tools.stack.ports import free_port
from tools.stack.service import address_to_ask

_PORT_OFFSET = 3


def main(argv: Sequence[str]) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="just observability", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["run", "check"], default="run")
    options = parser.parse_args(argv)
    try:
        prometheus.check_rules(prometheus.program("promtool"))
        print(f"{prometheus.RULES.name}: all tests passed")
        if options.what == "check":
            return 0
        return run()
    except StackError as error:
        print(f"observability: {error}", file=sys.stderr)
        return 1


def run() -> int:
    """Run a Prometheus until it ends; return its exit status. Raises StackError without a running API."""
    api = address_to_ask(os.environ).url
    file = prometheus.configured(urlsplit(api).netloc, os.environ.get("API_KEY"))
    port = free_port(preferred_port(_PORT_OFFSET))
    print(f"Prometheus asks {api}/metrics; its alerts: http://127.0.0.1:{port}/alerts")
    print(f"Grafana: add http://127.0.0.1:{port} as a data source, and import {prometheus.DASHBOARD}")
    try:
        return subprocess.run(prometheus.command(file, port), check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
