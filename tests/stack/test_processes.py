"""Background processes outlive the command that starts them; only the recorded process is ever stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S, SLACK_S
from tools.stack import process
from tools.stack.layout import write_json
from tools.stack.process import Process

SLEEP = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
""",
]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    process.stop_recorded(folder)


def wait_for_output(home: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not process.log_of(home).read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_started_process_is_recorded_and_stopped(home: Path) -> None:
    started = process.spawn(SLEEP, home=home, env=os.environ)

    assert (started.alive, process.recorded(home)) == (True, started)
    assert process.stop_recorded(home)
    assert not started.alive
    assert process.recorded(home) is None
    assert not process.stop_recorded(home)


def test_it_is_in_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(home: Path) -> None:
    started = process.spawn(SLEEP, home=home, env=os.environ)

    assert os.getsid(started.pid) == started.pid != os.getsid(0)


def test_its_output_goes_to_its_log(home: Path) -> None:
    process.spawn(SLEEP, home=home, env=os.environ)
    wait_for_output(home)

    assert process.last_lines(home) == "  | awake"


def test_a_pid_that_another_process_has_by_now_is_not_ours_to_stop(home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        try:
            write_json(home / "process.json", Process(stranger.pid, "another birth", "mysqld"))

            assert process.recorded(home) is None
            assert not process.stop_recorded(home)
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_the_same_pid_has_another_birth_each_time() -> None:
    births: set[str | None] = set()
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as one:
            births.add(process.birth(one.pid))
            time.sleep(0.02)
            one.kill()
    assert len(births) == 2
    assert None not in births


def test_a_zombie_does_not_live(home: Path) -> None:
    started = process.spawn([sys.executable, "-c", ""], home=home, env=os.environ)
    deadline = time.monotonic() + PATIENCE_S
    while started.alive:
        assert time.monotonic() < deadline
        time.sleep(0.02)

    assert process.recorded(home) is None


def test_a_process_that_does_not_listen_is_killed_after_the_time_it_has(home: Path) -> None:
    started = process.spawn(STUBBORN, home=home, env=os.environ)
    wait_for_output(home)

    before = time.monotonic()
    assert process.stop(started, seconds=0.3) is False
    assert not started.alive
    assert time.monotonic() - before < SLACK_S


def test_ctrl_c_in_the_middle_of_a_start_leaves_no_unrecorded_process(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen

    def interrupted(*arguments: object, **options: object) -> object:
        started = real(*arguments, **options)  # type: ignore[call-overload]  # passed on as it came
        os.kill(os.getpid(), signal.SIGINT)
        return started

    monkeypatch.setattr("tools.stack.process.subprocess.Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        process.spawn(SLEEP, home=home, env=os.environ)
    monkeypatch.undo()

    recorded = process.recorded(home)
    assert recorded is not None
    assert recorded.alive


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_record_that_is_damaged_counts_as_none(home: Path, text: str) -> None:
    home.mkdir()
    (home / "process.json").write_text(text)

    assert process.recorded(home) is None
