"""A scratch database for the verifier: made from the migrations, dropped at the end."""

import re
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.splitter import statement_spans
from tools.sqlgen.verify.wire import Client, ServerError

_LEAVES_THE_DATABASE = re.compile(r"(?:CREATE|DROP|ALTER)\s+(?:DATABASE|SCHEMA)\b|USE\s", re.IGNORECASE)


class RefusedSchemaError(Exception):
    """A statement of the schema that the server refuses, or that would reach beyond the scratch database."""

    def __init__(self, diagnostic: Diagnostic, text: str) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.text = text


@contextmanager
def scratch_database(client: Client) -> Generator[str]:
    """A new, empty database, in use on this connection, and dropped at the end."""
    name = f"verify_{secrets.token_hex(4)}"
    client.query(f"CREATE DATABASE `{name}`")
    try:
        client.query(f"USE `{name}`")
        yield name
    finally:
        client.query(f"DROP DATABASE IF EXISTS `{name}`")


def apply_schema(client: Client, files: Sequence[SchemaFile]) -> None:
    """Run every statement of the schema files, in order.

    Raises:
        RefusedSchemaError: at the first statement that the server refuses, or that creates, drops or uses
            another database.

    """
    for file in files:
        for section in file.sections:
            for start, end in statement_spans(file.text, *section):
                _apply(client, file, start, end)


def _apply(client: Client, file: SchemaFile, start: int, end: int) -> None:
    statement = file.text[start:end]
    if _LEAVES_THE_DATABASE.match(statement):
        raise RefusedSchemaError(
            Diagnostic(
                file.path,
                start,
                end,
                "the schema leaves the scratch database",
                hint="migrate a server by hand, and verify with --migrated and its URL",
            ),
            file.text,
        )
    try:
        client.query(statement)
    except ServerError as error:
        number, message = error.args[0], error.args[-1]
        raise RefusedSchemaError(
            Diagnostic(
                file.path, start, end, f"the server refuses this statement: {message} (error {number})"
            ),
            file.text,
        ) from error
