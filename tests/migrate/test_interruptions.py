"""Runs at the same time, runs that were killed, and servers that are not there yet."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from product_dashboard.migrate import MigrationError, downgrade, status, upgrade
from product_dashboard.migrate.history import History
from tests.waiting import PATIENCE_S, SLACK_S
from tools.stack.accounts import MysqlLogin, mysql_login
from tools.stack.ports import free_port

Tables = Callable[[], set[str]]
Write = Callable[..., Path]
Execute = Callable[..., None]

RUN = """
import sys, pathlib
from product_dashboard.migrate import upgrade
upgrade(sys.argv[1], folder=pathlib.Path(sys.argv[2]))
"""


def start_in_a_process(url: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, url, str(folder)])


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_of_two_starters_one_migrates_and_the_other_waits_for_it(
    fresh_database: str, folder: Path, three_tables: list[str], write: Write, tables: Tables
) -> None:
    write("0004.slow", "CREATE TABLE slow AS SELECT SLEEP(1) AS slept", "DROP TABLE slow")
    ready = threading.Barrier(4)

    def start() -> list[str]:
        ready.wait()
        return upgrade(fresh_database, folder=folder)

    with ThreadPoolExecutor(4) as starters:
        done = [run.result() for run in [starters.submit(start) for _ in range(4)]]

    assert sorted(done) == [[], [], [], [*three_tables, "0004.slow"]]
    assert tables() == {"first", "second", "third", "slow"}


@pytest.mark.usefixtures("three_tables")
def test_a_run_that_waits_says_so(
    fresh_database: str, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.migrate.session._LOCK_SLICE_S", 0)
    write("0004.slow", "CREATE TABLE slow AS SELECT SLEEP(2) AS slept", "DROP TABLE slow")
    said: list[str] = []
    with start_in_a_process(fresh_database, folder) as first:
        wait_until(
            lambda: any(state.condition == "applied" for state in status(fresh_database, folder=folder))
        )

        assert upgrade(fresh_database, folder=folder, say=said.append) == []
        assert first.wait(PATIENCE_S) == 0
    assert any(line.startswith("waiting for another run that migrates test_") for line in said)


@pytest.mark.usefixtures("three_tables")
def test_the_status_is_told_while_another_run_makes_the_tables_of_the_records(
    fresh_database: str, folder: Path, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(fresh_database, folder=folder)
    execute("DROP TABLE migration_ledger")
    read = History.applied

    def read_before_the_other_run(history: History) -> dict[str, datetime]:
        applied = read(history)
        monkeypatch.undo()
        upgrade(fresh_database, folder=folder)
        return applied

    monkeypatch.setattr(History, "applied", read_before_the_other_run)

    assert {state.condition for state in status(fresh_database, folder=folder)} == {"applied"}


def test_a_run_killed_in_a_statement_is_taken_up_by_the_next(
    fresh_database: str, folder: Path, three_tables: list[str], write: Write, tables: Tables
) -> None:
    write("0002.slow", "CREATE TABLE slow AS SELECT SLEEP(1.5) AS slept", "DROP TABLE slow")
    with start_in_a_process(fresh_database, folder) as process:
        wait_until(lambda: "first" in tables())
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)

    upgrade(fresh_database, folder=folder)

    assert tables() == {"first", "slow", "second", "third"}
    assert {state.condition for state in status(fresh_database, folder=folder)} == {"applied"}


@pytest.mark.usefixtures("three_tables")
def test_a_run_killed_between_a_statement_and_its_record_is_taken_up_by_the_next(
    fresh_database: str, folder: Path, execute: Execute, tables: Tables
) -> None:
    upgrade(fresh_database, folder=folder)
    downgrade(fresh_database, count=2, folder=folder)
    # Such a run leaves the entry that it wrote before the statement, and the effect of the statement.
    execute(
        "INSERT INTO migration_ledger (id, checksum, phase, changed_at) "
        "VALUES ('0002.second', REPEAT('0', 64), 'applying', UTC_TIMESTAMP())"
    )
    execute("CREATE TABLE second (id INT PRIMARY KEY)")
    said: list[str] = []

    assert upgrade(fresh_database, folder=folder, say=said.append) == ["0002.second", "0003.third"]
    assert tables() == {"first", "second", "third"}
    assert any("0002.second" in line and "was there" in line for line in said)


@pytest.mark.usefixtures("three_tables")
def test_a_way_back_killed_before_its_record_is_taken_up_by_the_next(
    fresh_database: str, folder: Path, execute: Execute
) -> None:
    upgrade(fresh_database, folder=folder)
    execute("UPDATE migration_ledger SET phase = 'reverting' WHERE id = '0003.third'")
    execute("DROP TABLE third")

    assert downgrade(fresh_database, folder=folder) == ["0003.third"]
    assert upgrade(fresh_database, folder=folder) == ["0003.third"]


@pytest.mark.usefixtures("three_tables")
def test_without_an_interrupted_run_a_table_in_the_way_is_an_error(
    fresh_database: str, folder: Path, execute: Execute
) -> None:
    execute("CREATE TABLE second (something_else INT)")

    with pytest.raises(MigrationError, match=r"0002\.second\.sql:3: .*already exists"):
        upgrade(fresh_database, folder=folder)
    with pytest.raises(MigrationError, match=r"0002\.second\.sql:3: .*already exists"):
        upgrade(fresh_database, folder=folder)


@pytest.mark.usefixtures("three_tables")
def test_a_lock_that_a_dead_run_of_yoyo_left_is_removed(
    fresh_database: str, folder: Path, execute: Execute
) -> None:
    upgrade(fresh_database, folder=folder)
    downgrade(fresh_database, folder=folder)
    execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, UTC_TIMESTAMP(), 4711)")
    said: list[str] = []

    started = time.monotonic()
    assert upgrade(fresh_database, folder=folder, say=said.append) == ["0003.third"]
    assert time.monotonic() - started < SLACK_S
    assert any("pid 4711" in line for line in said)


@pytest.mark.usefixtures("three_tables")
def test_a_server_that_is_not_there_yet_is_waited_for(folder: Path) -> None:
    login = MysqlLogin("127.0.0.1", free_port(), "root", "secret")
    said: list[str] = []
    started = time.monotonic()

    with pytest.raises(MigrationError, match=f"cannot use the database nothing at 127.0.0.1:{login.port}"):
        upgrade(login.url("nothing"), folder=folder, wait_s=1.2, say=said.append)
    assert 1.2 <= time.monotonic() - started < 1.2 + SLACK_S
    assert len(said) == 1
    assert said[0].startswith("waiting for the database")
    assert "secret" not in said[0]


@pytest.mark.usefixtures("three_tables")
def test_a_refused_password_and_an_unknown_database_are_told_at_once(mysql_url: str, folder: Path) -> None:
    root = mysql_login(mysql_url)
    started = time.monotonic()

    with pytest.raises(MigrationError, match="Access denied"):
        upgrade(MysqlLogin(root.host, root.port, "root", "wrong").url("tests"), folder=folder, wait_s=120)
    with pytest.raises(MigrationError, match="Unknown database"):
        upgrade(root.url("no_such_database"), folder=folder, wait_s=120)
    assert time.monotonic() - started < PATIENCE_S
