"""The number of CPUs that this process may use."""

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")


def usable_cpus(cgroups: Path = CGROUPS, own_cgroup: Path = OWN_CGROUP) -> int:
    """Return the CPUs of the process's affinity, or of its control group's quota, rounded up, if those are fewer.

    `os.cpu_count` returns the machine's CPUs, also in a container that may use one of them.
    """
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [_quota(folder) for folder in _folders(cgroups, own_cgroup)]
    return max(1, min(cpus, *(math.ceil(quota) for quota in quotas if quota), cpus))


def _folders(cgroups: Path, own_cgroup: Path) -> set[Path]:
    """Return the folders of the process's control groups and of the groups that contain them."""
    found = {cgroups, cgroups / "cpu"}  # in a container they are the container's own
    try:
        lines = own_cgroup.read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = cgroups / "cpu" if controllers else cgroups
        folder = top / path.lstrip("/")
        if ".." not in folder.parts:
            found |= {each for each in (folder, *folder.parents) if each.is_relative_to(top)}
    return found


def _quota(folder: Path) -> float | None:
    """Return the group's quota in CPUs, from version 2 or 1 of the interface; None if it has none."""
    try:
        if (version_2 := folder / "cpu.max").exists():
            quota, period = version_2.read_text().split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text().strip()
            period = (folder / "cpu.cfs_period_us").read_text().strip()
    except (OSError, ValueError):
        return None
    # No quota is "max" in version 2, and -1 in version 1.
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() and int(period) else None
