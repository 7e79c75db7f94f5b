"""The restart at SIGHUP: new code and new settings, without a refused connection or a failed request."""

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

import product_dashboard
from tests.server.conftest import Service, Start
from tests.server.test_ending import metrics_folders
from tests.server.test_process import figure

pytestmark = pytest.mark.any_server

SOURCE = Path(product_dashboard.__file__).parent
CLIENTS = 20


class Clients:
    """Clients that send requests without a pause; each connects again after an answer that closes its connection."""

    def __init__(self, service: Service) -> None:
        self._port = service.port
        self._stopping = False
        self.outcomes: Counter[str] = Counter()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._client(keep_alive=number % 4 != 0))

    def stop(self) -> None:
        self._stopping = True

    async def _client(self, *, keep_alive: bool) -> None:
        connection = None
        while not self._stopping:
            try:
                connection = connection or await asyncio.open_connection("127.0.0.1", self._port)
                if not await self._request(*connection, end="" if keep_alive else "connection: close\r\n"):
                    connection[1].close()
                    connection = None
            except (OSError, asyncio.IncompleteReadError) as error:
                self.outcomes[repr(error)] += 1
                connection = None
            await asyncio.sleep(0.005)
        if connection is not None:
            connection[1].close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, end: str) -> bool:
        """Send a request and count its answer; return whether the connection stays open."""
        writer.write(f"GET /api/v1/products HTTP/1.1\r\nhost: test\r\n{end}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        self.outcomes[head.split()[1]] += 1
        return "connection: close" not in head


def pids(service: Service) -> list[int]:
    return [line["pid"] for line in service.lines if line["event"] == "service.started"]


def copy_of_the_code(folder: Path) -> Path:
    """Copy the service's package into src/ of the folder, beside the migrations, and return its place."""
    (folder / "migrations").symlink_to(SOURCE.parents[1] / "migrations")
    return Path(
        shutil.copytree(
            SOURCE, folder / "src" / "product_dashboard", ignore=shutil.ignore_patterns("__pycache__")
        )
    )


async def started(start: Start, **variables: str) -> Service:
    service = await start(WORKERS="2", **variables)
    await service.logged("service.listening", count=2)
    return await service.listening()


async def test_three_restarts_under_load_fail_no_request_and_leave_new_workers(
    start: Start, tmp_path: Path
) -> None:
    service = await started(start, TMPDIR=str(tmp_path))
    clients = Clients(service)
    load = asyncio.create_task(clients.run())
    for count in range(1, 4):
        service.tell(signal.SIGHUP)
        await service.logged("service.restarted", count=count, timeout_s=60)
    clients.stop()
    await load
    assert set(clients.outcomes) == {"200"}
    assert clients.outcomes["200"] > 100
    assert len(set(pids(service))) == 8
    for pid in pids(service)[:6]:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    # No count was lost, and the two that run have the slots of those that have ended.
    name = 'http_requests_total{method="GET",route="/api/v1/products",status="200"}'
    assert await figure(service, name) == clients.outcomes["200"]
    assert await figure(service, "http_connections") == 1
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    assert metrics_folders(tmp_path) == set()


async def test_a_restart_takes_new_settings_from_a_file(
    start: Start, database_url: str, fresh_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "database-url"
    file.write_text(database_url)
    service = await started(start, DATABASE_URL="", DATABASE_URL_FILE=str(file))
    file.write_text(fresh_database)
    service.tell(signal.SIGHUP)
    await service.logged("service.restarted")
    addresses = [line["database"] for line in service.lines if line["event"] == "service.started"]
    assert len(addresses) == 4
    assert addresses[0] == addresses[1] != addresses[2] == addresses[3]
    assert (await service.get("/health/ready"))[0] == 503  # the fresh database has no tables


async def test_a_restart_takes_new_code(start: Start, tmp_path: Path) -> None:
    code = copy_of_the_code(tmp_path)
    service = await started(start, PYTHONPATH=str(tmp_path / "src"))
    app = code / "app.py"
    app.write_text(app.read_text().replace('"service.started"', '"service.started.anew"'))
    service.tell(signal.SIGHUP)
    await service.logged("service.restarted")
    await service.logged("service.started.anew", count=2)
    assert (await service.get("/health/live"))[0] == 200


async def test_code_that_cannot_be_loaded_leaves_the_old_workers_serving(
    start: Start, tmp_path: Path
) -> None:
    code = copy_of_the_code(tmp_path)
    service = await started(start, PYTHONPATH=str(tmp_path / "src"))
    app = code / "app.py"
    good = app.read_text()
    app.write_text("this is no Python\n" + good)
    service.tell(signal.SIGHUP)
    failed = await service.logged("restart.failed")
    assert "SyntaxError" in failed["reason"]
    assert (await service.get("/health/live"))[0] == 200
    assert len(pids(service)) == 2
    app.write_text(good)
    service.tell(signal.SIGHUP)
    await service.logged("service.restarted")
    assert len(pids(service)) == 4


async def test_a_new_worker_that_cannot_start_leaves_the_old_ones_serving(
    start: Start, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "database-url"
    file.write_text(database_url)
    service = await started(start, DATABASE_URL="", DATABASE_URL_FILE=str(file))
    file.write_text(database_url + "_that_does_not_exist")
    service.tell(signal.SIGHUP)
    await service.logged("restart.failed")
    assert (await service.logged("startup.failed"))["reason"]
    for _ in range(10):
        assert (await service.get("/health/ready"))[0] == 200
    old = pids(service)
    # When one of the old workers dies too, the other one continues; a correct setting ends the fault.
    os.kill(old[0], signal.SIGKILL)
    await service.logged("startup.failed", count=2)
    assert (await service.get("/health/ready"))[0] == 200
    file.write_text(database_url)
    service.tell(signal.SIGHUP)
    await service.logged("service.restarted")
    assert len(set(pids(service)) - set(old)) == 2
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0


async def test_sigterm_in_a_restart_ends_all_workers_in_order(start: Start) -> None:
    service = await started(start)
    service.tell(signal.SIGHUP)
    await service.logged("service.started", count=3)
    service.tell(signal.SIGTERM)
    assert await service.exit_status(timeout_s=15) == 0
    for pid in pids(service):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_workers_do_not_outlive_a_restarted_supervisor_that_was_killed(start: Start) -> None:
    service = await started(start)
    service.tell(signal.SIGHUP)
    await service.logged("service.restarted")
    service.tell(signal.SIGKILL)
    await service.exit_status()  # also waits for the end of the log, which the workers hold open
    assert [line["event"] for line in service.lines].count("service.stopped") == 4


async def test_one_process_without_workers_ends_in_order_at_sighup(start: Start) -> None:
    service = await (await start()).listening()
    service.tell(signal.SIGHUP)
    assert await service.exit_status(timeout_s=10) == 0
    await service.logged("service.stopped")


def threads_and_files(pid: int) -> tuple[int, list[str]]:
    folder = Path(f"/proc/{pid}")
    opened: list[str] = []
    for each in (folder / "fd").iterdir():
        with suppress(FileNotFoundError):
            opened.append(str(each.readlink()))
    return len(list((folder / "task").iterdir())), opened


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_supervisor_has_no_thread_and_no_connection(start: Start) -> None:
    service = await started(start, ALLOWED_HOSTS="test")
    for listening in (3, 4):
        threads, opened = threads_and_files(service.process.pid)
        assert threads == 1
        assert len([each for each in opened if each.startswith("socket:")]) == 1  # the one that listens
        assert not [each for each in opened if "eventpoll" in each or "eventfd" in each]
        os.kill(pids(service)[-1], signal.SIGKILL)  # then it logs, and forks again
        await service.logged("service.listening", count=listening)


async def test_workers_that_were_forked_make_different_identifiers(start: Start) -> None:
    service = await started(start)
    identifiers: set[str] = set()
    for _ in range(40):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(b"GET /health/live HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        head = (await reader.read()).decode().lower()
        writer.close()
        identifiers.add(head.split("x-request-id: ")[1].split("\r\n")[0])
    # The end of a version 7 UUID is random: copies of one generator would repeat it.
    assert len({each[-12:] for each in identifiers}) == 40
