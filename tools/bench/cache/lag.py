"""Members of a group that are late: secondaries that apply nothing for a time, and a primary whose commits are slow."""

import random
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from tools.stack.mysql_group import Member

_LONGEST_PAUSE_S = 0.5


@contextmanager
def applying_nothing(member: Member) -> Generator[None]:
    """Let a secondary apply no write while the block runs. Reads continue."""
    with member.root.connection() as connection, connection.cursor() as cursor:
        cursor.execute("FLUSH TABLES WITH READ LOCK")
        yield
        cursor.execute("UNLOCK TABLES")


@contextmanager
def committing_late(primary: Member, seconds: float) -> Generator[None]:
    """Hold up each COMMIT of the primary while the block runs, when the secondaries have the transaction already."""
    primary.run(f"SET GLOBAL binlog_group_commit_sync_delay = {round(seconds * 1_000_000)}")
    try:
        yield
    finally:
        primary.run("SET GLOBAL binlog_group_commit_sync_delay = 0")


@contextmanager
def lagging(members: Sequence[Member], seconds: float) -> Generator[None]:
    """Let each of the secondaries lag by up to `seconds`, again and again with short pauses, while the block runs."""
    over = threading.Event()

    def lag(member: Member) -> None:
        while not over.wait(random.uniform(0, _LONGEST_PAUSE_S)):
            with applying_nothing(member):
                over.wait(seconds)

    threads = [threading.Thread(target=lag, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
