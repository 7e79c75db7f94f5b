"""The state of a run over the schema files that goes from file to file."""

import re

from tools.sqlgen.catalog import (
    Procedure,
    Table,
)
from tools.sqlgen.catalog.dynamic import DynamicSql
from tools.sqlgen.catalog.view_binder import ViewBinder
from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import (
    CreateProcedure,
)


class Session:
    """The state of the run that goes from file to file."""

    def __init__(self, view_binder: ViewBinder, *, infer_server: bool) -> None:
        self.view_binder = view_binder
        self.infer_server = infer_server
        self.dynamic = DynamicSql()
        self.bodies: dict[Procedure, tuple[CreateProcedure, SchemaFile]] = {}
        """The body of each procedure, for a CALL in a schema file."""
        self.calling: list[Procedure] = []
        self.foreign_key_checks = True
        self.strict = True
        """False after a SET of sql_mode."""
        self.reported: set[tuple[Table, str]] = set()
        self.pending: list[Diagnostic] = []
        """Findings that count only if no statement shows that the server is MariaDB."""

    def note_set(self, text: str) -> None:
        """Follow a SET of foreign_key_checks or sql_mode."""
        for found in _FOREIGN_KEY_CHECKS.finditer(text):
            self.foreign_key_checks = found[1].upper() not in {"0", "OFF", "FALSE"}
        for found in _SQL_MODE.finditer(text):
            self.strict = "@" in found[1] or "STRICT" in found[1].upper()


_FOREIGN_KEY_CHECKS = re.compile(r"(?<!@)(?<!_)\bforeign_key_checks\s*:?=\s*([@\w]+)", re.IGNORECASE)


_SQL_MODE = re.compile(r"(?<!@)(?<!_)\bsql_mode\s*:?=\s*('[^']*'|\"[^\"]*\"|[@\w]+)", re.IGNORECASE)
