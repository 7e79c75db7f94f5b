"""Apply migrations to a database, and roll them back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pymysql
from pymysql.constants import ER

from product_dashboard.database.schema import MIGRATIONS
from product_dashboard.migrate.files import Migration, MigrationError, Statement, read_migrations
from product_dashboard.migrate.history import History, Phase
from product_dashboard.migrate.session import Say, Session, error_of, open_session

Condition = Literal["applied", "pending", "edited", "missing"]

# Errors of a statement whose effect exists already: the run was interrupted between the statement and its record.
_EFFECT_IS_THERE = frozenset(
    {
        ER.TABLE_EXISTS_ERROR, ER.DUP_FIELDNAME, ER.DUP_KEYNAME, ER.MULTIPLE_PRI_KEY, ER.SP_ALREADY_EXISTS,
        ER.TRG_ALREADY_EXISTS, ER.BAD_TABLE_ERROR, ER.CANT_DROP_FIELD_OR_KEY, ER.SP_DOES_NOT_EXIST,
        ER.TRG_DOES_NOT_EXIST,
        1826,  # a foreign key of this name exists (MariaDB: any constraint)
        3822,  # a CHECK of this name exists
        3821,  # there is no CHECK of this name
        3940,  # there is no constraint of this name
    }
)  # fmt: skip
_RESTORE = (
    "edited after they were applied: {found} (in {folder}); restore them and put the change into a new migration. "
    "A development database can also be created again: `just reset`"
)
_USE_THAT_VERSION = (
    "applied, but not in {folder}: {found}; only the version of the code that has these files can take them back, "
    "and other migrations may depend on them"
)
_DEFAULT_WAIT_S = 30.0
_SHOWN_LINES = 12


@dataclass(frozen=True)
class State:
    """The state of one migration in the database. `missing`: applied, but its file does not exist here."""

    id: str
    condition: Condition
    applied_at: datetime | None


def _silence(line: str) -> None:
    """The default of `say`: no output."""


def upgrade(
    database_url: str, *, folder: Path = MIGRATIONS, wait_s: float = _DEFAULT_WAIT_S, say: Say = _silence
) -> list[str]:
    """Apply the pending migrations in order; return their ids.

    Two runs at once are safe: the second waits, and finds nothing to do. Raises MigrationError, which names the
    statement that failed; the migrations before it stay applied, and the next run continues with it.
    """
    migrations = read_migrations(folder)
    with open_session(database_url, wait_s, say) as session, session.alone(say):
        history = History(session)
        history.prepare(say)
        states = _states(migrations, history)
        _refuse(states, "edited", folder, _RESTORE)
        pending = _in(migrations, states, "pending")
        for migration in pending:
            _apply(session, history, migration, say)
        return [migration.id for migration in pending]


def downgrade(
    database_url: str,
    *,
    count: int | None = 1,
    folder: Path = MIGRATIONS,
    wait_s: float = _DEFAULT_WAIT_S,
    say: Say = _silence,
) -> list[str]:
    """Roll back the last `count` applied migrations (None: all); return their ids. Errors as in `upgrade`."""
    migrations = read_migrations(folder)
    with open_session(database_url, wait_s, say) as session, session.alone(say):
        history = History(session)
        history.prepare(say)
        states = _states(migrations, history)
        _refuse(states, "missing", folder, _USE_THAT_VERSION)
        last_first = _in(migrations, states, "applied", "edited")[::-1][:count]
        for migration in last_first:
            _take_back(session, history, migration, say)
        return [migration.id for migration in last_first]


def status(database_url: str, *, folder: Path = MIGRATIONS, wait_s: float = 0) -> list[State]:
    """Return the state of every migration. Changes nothing and waits for no lock."""
    migrations = read_migrations(folder)
    with open_session(database_url, wait_s, _silence) as session:
        # A snapshot that is older than the tables of a run beside this one cannot read them (error 1412).
        session.execute("SET autocommit = 1")
        return _states(migrations, History(session))


def _states(migrations: list[Migration], history: History) -> list[State]:
    applied, entries = history.applied(), history.entries()

    def condition(migration: Migration) -> Condition:
        if migration.id not in applied:
            return "pending"
        # Without a record here, yoyo's own command has applied it: its checksum is not known.
        checksum, _ = entries.get(migration.id, (migration.checksum, "applied"))
        return "applied" if checksum == migration.checksum else "edited"

    known = {migration.id for migration in migrations}
    return [
        *(State(name, "missing", when) for name, when in sorted(applied.items()) if name not in known),
        *(State(each.id, condition(each), applied.get(each.id)) for each in migrations),
    ]


def _in(migrations: list[Migration], states: list[State], *conditions: Condition) -> list[Migration]:
    wanted = {state.id for state in states if state.condition in conditions}
    return [migration for migration in migrations if migration.id in wanted]


def _refuse(states: list[State], condition: Condition, folder: Path, advice: str) -> None:
    found = ", ".join(state.id for state in states if state.condition == condition)
    if found:
        raise MigrationError(advice.format(found=found, folder=folder))


def _apply(session: Session, history: History, migration: Migration, say: Say) -> None:
    started = time.perf_counter()
    statement = migration.apply
    took_effect = _run(session, history, migration, statement, "applying", history.mark, history.erase)
    took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
    say(f"applied    {migration.id}  ({took if took_effect else 'was there: a run was interrupted'})")


def _take_back(session: Session, history: History, migration: Migration, say: Say) -> None:
    statement = migration.rollback
    took_effect = _run(
        session, history, migration, statement, "reverting", history.unmark, history.write_applied
    )
    say(f"taken back {migration.id}{'' if took_effect else '  (was gone: a run was interrupted)'}")


def _run(
    session: Session,
    history: History,
    migration: Migration,
    statement: Statement,
    phase: Phase,
    record: Callable[[Migration], None],
    forget: Callable[[Migration], None],
) -> bool:
    """Execute the statement and record it; return False if an interrupted run had executed it already.

    A statement that changes data is in one transaction with its record. Any other commits on its own, so that
    an interruption is possible between the two: the phase that is recorded before it shows that.
    """
    interrupted = history.phase(migration) == phase
    history.write(migration, phase)
    session.connection.commit()
    took_effect = True
    try:
        session.execute(statement.text)
    except pymysql.Error as error:
        code, text = error_of(error)
        if not session.connection.open or code == 0:
            raise MigrationError(
                f"{statement}: the connection was lost while this ran; run it again to continue: {text}"
            ) from error
        session.connection.rollback()
        if not interrupted or code not in _EFFECT_IS_THERE or statement.changes_data_only:
            forget(migration)
            session.connection.commit()
            raise MigrationError(_failure(statement, code, text)) from error
        took_effect = False
    record(migration)
    session.connection.commit()
    return took_effect


def _failure(statement: Statement, code: int, text: str) -> str:
    shown = "\n".join(f"    {line}" for line in statement.text.splitlines()[:_SHOWN_LINES])
    return (
        f"{statement}: the server refuses this statement: {text} ({code})\n{shown}\n"
        "  the migrations before it are applied; correct it, and run this again to continue"
    )
