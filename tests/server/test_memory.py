"""The memory of the workers: what each of them has of its own."""

import sys
from pathlib import Path

import pytest

from tests.server.conftest import Start

MIB = 1024

pytestmark = [
    pytest.mark.any_server,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def memory_mib(pid: int) -> dict[str, float]:
    """Return the process's memory by kind: Rss, Pss, Private (its own pages)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {line.split(":")[0]: float(line.split()[1]) for line in lines}
    own = kib["Private_Clean"] + kib["Private_Dirty"]
    return {"rss": kib["Rss"] / MIB, "pss": kib["Pss"] / MIB, "own": own / MIB}


async def test_a_further_worker_has_at_most_40_mib_of_its_own(start: Start) -> None:
    service = await start(WORKERS="3")
    for count in range(1, 4):
        await service.logged("service.listening", count=count)
    await service.listening()
    for _ in range(60):
        assert (await service.get("/api/v1/products"))[0] == 200
        assert (await service.get("/api/v1/dashboard/overview"))[0] == 200
    pids = [line["pid"] for line in service.lines if line["event"] == "service.started"]
    figures = {pid: memory_mib(pid) for pid in (service.process.pid, *pids)}
    print(figures)  # noqa: T201 - shown if the test fails, and with -s
    for pid in pids:
        assert figures[pid]["own"] <= 40, figures
        assert figures[pid]["rss"] <= 85, figures
