"""The command line of `python -m tools.seed`: messages, exit statuses, interruptions."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "tools.seed"]
SMALL = ["--categories", "3", "--products", "20", "--customers", "5", "--orders", "10"]
LARGER = ["--categories", "5", "--products", "3000", "--customers", "3000", "--orders", "10000"]

pytestmark = pytest.mark.any_server  # its work, also after an interruption, is tested on both, in test_run.py


@pytest.fixture
def environment(migrated_database: str, redis_url: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": migrated_database, "REDIS_URL": redis_url}


def call(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_run_tells_what_it_did_and_a_second_one_that_all_is_there(environment: dict[str, str]) -> None:
    first = call(SMALL, environment)
    assert (first.returncode, first.stderr) == (0, "")
    assert "seed: orders" in first.stdout
    assert "seed: 38 rows in" in first.stdout
    second = call(SMALL, environment)
    assert (second.returncode, second.stderr) == (0, "")
    assert "all 38 rows are there already" in second.stdout


def test_other_data_is_refused_with_a_hint(environment: dict[str, str]) -> None:
    assert call(SMALL, environment).returncode == 0
    refused = call(["--seed", "2", *SMALL], environment)
    assert refused.returncode == 3
    assert "has other data (the sample data of --seed 1 " in refused.stderr
    assert "hint: --append" in refused.stderr
    assert call(["--seed", "2", "--append", *SMALL], environment).returncode == 0


def test_sizes_that_cannot_be_are_a_wrong_call(environment: dict[str, str]) -> None:
    wrong = call(["--products", "0"], environment)
    assert wrong.returncode == 2
    assert "orders need products and customers" in wrong.stderr


def test_wrong_settings_and_a_database_that_is_away_are_told_without_a_traceback(
    environment: dict[str, str],
) -> None:
    away = {"DATABASE_URL": "mysql://root@127.0.0.1:1/none", "STARTUP_TIMEOUT": "1"}
    for changes, words in (({"DATABASE_URL": ""}, "DATABASE_URL"), (away, "127.0.0.1:1")):
        failed = call(SMALL, environment | changes)
        assert failed.returncode == 1
        assert words in failed.stderr
        assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
async def test_a_run_that_is_interrupted_is_mended_by_the_next(
    sent: signal.Signals, status: int, environment: dict[str, str]
) -> None:
    running = await asyncio.create_subprocess_exec(
        *COMMAND, *LARGER, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert running.stdout is not None
    async with asyncio.timeout(300):
        while b"customers" not in (line := await running.stdout.readline()):
            assert line, "it has ended before it wrote customers"
        running.send_signal(sent)
        _, errors = await running.communicate()
    assert running.returncode == status
    assert b"Traceback" not in errors
    mended = call(LARGER, environment)
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "seed: 16,005 rows in" not in mended.stdout
    assert "all 16,005 rows are there already" in call(LARGER, environment).stdout
