"""The number of CPUs for WORKERS=auto."""

import os
from pathlib import Path

import pytest

from product_dashboard import settings as settings_module
from product_dashboard.cpus import usable_cpus
from product_dashboard.settings import load_settings

GOOD = {"DATABASE_URL": "mysql://u:p@h/d", "REDIS_URL": "redis://h/0"}


@pytest.fixture
def eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    def affinity(_: int) -> set[int]:
        return set(range(8))

    monkeypatch.setattr(os, "sched_getaffinity", affinity, raising=False)


def tree(folder: Path, own: str, **files: str) -> tuple[Path, Path]:
    """Write the files, whose names have __ for / and _dot_ for a dot, and the process's own group."""
    for name, text in files.items():
        path = folder / "cgroup" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "own").write_text(own)
    return folder / "cgroup", folder / "own"


@pytest.mark.usefixtures("eight_cpus")
@pytest.mark.parametrize(
    ("own", "files", "cpus"),
    [
        ("0::/\n", {}, 8),
        ("0::/\n", {"cpu_dot_max": "max 100000\n"}, 8),
        ("0::/\n", {"cpu_dot_max": "200000 100000\n"}, 2),
        ("0::/\n", {"cpu_dot_max": "150000 100000\n"}, 2),
        ("0::/\n", {"cpu_dot_max": "10000 100000\n"}, 1),
        ("0::/\n", {"cpu_dot_max": "6400000 100000\n"}, 8),
        ("0::/\n", {"cpu_dot_max": "nonsense"}, 8),
        ("0::/a/b\n", {"a__cpu_dot_max": "300000 100000\n", "a__b__cpu_dot_max": "max 100000\n"}, 3),
        ("0::/../..\n", {"cpu_dot_max": "400000 100000\n"}, 4),
        (
            "4:cpu,cpuacct:/a\n",
            {"cpu__a__cpu.cfs_quota_us": "250000", "cpu__a__cpu.cfs_period_us": "100000"},
            3,
        ),
        ("4:cpu:/\n", {"cpu__cpu.cfs_quota_us": "-1\n", "cpu__cpu.cfs_period_us": "100000\n"}, 8),
    ],
)
def test_the_smallest_quota_of_its_groups_counts_rounded_up(
    tmp_path: Path, own: str, files: dict[str, str], cpus: int
) -> None:
    assert usable_cpus(*tree(tmp_path, own, **files)) == cpus


@pytest.mark.usefixtures("eight_cpus")
def test_without_control_groups_the_affinity_counts(tmp_path: Path) -> None:
    assert usable_cpus(tmp_path / "none", tmp_path / "neither") == 8


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no affinity")
def test_the_affinity_of_the_process_counts(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cpus(tmp_path / "none", tmp_path / "neither") == 1
    finally:
        os.sched_setaffinity(0, before)


def test_workers_auto_is_the_number_of_usable_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "usable_cpus", lambda: 3)
    assert load_settings({**GOOD, "WORKERS": "auto"}).http.workers == 3


def test_workers_auto_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "usable_cpus", lambda: 128)
    assert load_settings({**GOOD, "WORKERS": "Auto"}).http.workers == 16
