"""The programs of Prometheus: those of this machine, or from the distribution's package, unpacked."""

import json
import shutil
import subprocess
from pathlib import Path

from tools.stack.errors import StackError
from tools.stack.layout import STACK, write_private
from tools.stack.packages import unpacked_package

FOLDER = Path(__file__).parent
RULES, TESTS, DASHBOARD = FOLDER / "rules.yml", FOLDER / "rules_test.yml", FOLDER / "dashboard.json"
HOME = STACK / "prometheus"
_PACKAGE = "prometheus"


def _installed(name: str) -> Path | None:
    """Return the program `prometheus` or `promtool` if it is on this machine already; None otherwise."""
    found = shutil.which(name)
    unpacked = HOME / _PACKAGE / "usr" / "bin" / name
    return Path(found) if found else unpacked if unpacked.is_file() else None


def program(name: str) -> Path:
    """Return the program `prometheus` or `promtool`, fetched on first use. Raises Unusable, a StackError."""
    return _installed(name) or unpacked_package(HOME, _PACKAGE) / "usr" / "bin" / name


def check_rules(promtool: Path) -> None:
    """Check the rules, and run their tests. Raises StackError with what promtool says."""
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(TESTS)]):
        ended = subprocess.run([promtool, *command], capture_output=True, text=True, timeout=120, check=False)
        if ended.returncode != 0:
            raise StackError(f"promtool {' '.join(command[:2])}: {ended.stdout}{ended.stderr}".rstrip())


def configured(target: str, key: str | None) -> Path:
    """Write the configuration of a Prometheus that asks `target`, `host:port`, every five seconds; return its file.

    `key` is an API key with the scope `metrics`, if the service asks for keys.
    """
    job: dict[str, object] = {"job_name": "product-dashboard", "static_configs": [{"targets": [target]}]}
    if key:
        job["authorization"] = {"credentials": key}
    configuration = {
        "global": {"scrape_interval": "5s", "evaluation_interval": "5s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [job],
    }
    file = HOME / "prometheus.yml"
    write_private(file, json.dumps(configuration, indent=2))  # JSON is YAML
    return file


def command(configuration: Path, port: int) -> list[str]:
    """Return the command of a Prometheus on a port of the loopback, with its data beside the configuration."""
    return [
        str(program("prometheus")),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={configuration.parent / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
