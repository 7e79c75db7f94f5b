"""[tool.sqlgen] in pyproject.toml.

[tool.sqlgen]
schema = ["migrations"]
queries = ["sql"]
out = "generated"
uuid = ["*.id", "*.*_id"]                       # BINARY(16) columns that hold UUIDs, as table.column
stream_cursor = "asyncmy.cursors:SSCursor"      # the unbuffered cursor class of :stream
querier = false                                 # true: a Protocol of its functions in each module, for fakes in tests
server = "mysql"                                # or "mysql-8", "mariadb"; by default as the schema shows

[tool.sqlgen.types]                             # by SQL type
DATE = "shop.types:Day"

[tool.sqlgen.columns]                           # by column, with * and ?
"products.attributes" = "shop.types:Attributes"
"orders.total" = { type = "shop.types:Money", decode = "shop.types:money", encode = "shop.types:amount" }

Or only a list of projects that are compiled in one run; each is a folder with a pyproject.toml of its own:

[tool.sqlgen]
workspace = ["services/orders", "services/stock"]
"""

import keyword
import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from tools.sqlgen.diagnostics import RunError, did_you_mean
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.types.type_table import SQL_TYPES

_REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_COLUMN_PATTERN = re.compile(r"([^.\s]+\.)?[^.\s]+\.[^.\s]+")


class ConfigError(RunError):
    """A wrong value in [tool.sqlgen]; the message names file, key, value and the allowed values."""


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """A Python type of the project's own for a SQL type or column.

    `type` must accept the value of the type map, unless `decode` names a function that converts it. A parameter is
    passed unchanged, unless `encode` names a function that converts it to the type of the type map. A JSON column is
    decoded into `type` by msgspec, and encoded by it.
    """

    type: str
    """module:Name."""
    decode: str | None = None
    encode: str | None = None


class Config(Struct, frozen=True):
    root: Path
    """The folder that paths are relative to: that of pyproject.toml."""
    schema: tuple[str, ...] = ("migrations",)
    queries: tuple[str, ...] = ("sql",)
    out: str = "generated"
    uuid: tuple[str, ...] = ("*.id", "*.*_id")
    stream_cursor: str = "asyncmy.cursors:SSCursor"
    querier: bool = False
    """True adds a Protocol of its functions to each module."""
    server: Server | None = None
    """None: MySQL, or MariaDB if the schema uses what only MariaDB has."""
    types: dict[str, Override] = field(default_factory=dict[str, Override])
    columns: dict[str, Override] = field(default_factory=dict[str, Override])

    def is_uuid(self, table: str, column: str) -> bool:
        return _matches(f"{table}.{column}".lower(), self.uuid)

    def override(self, sql_type: str, schema: str | None, table: str, column: str) -> Override | None:
        """Return the column's override, or else the type's; `table` is empty for a value without source column."""
        if table and self.columns:
            names = [f"{table}.{column}".lower(), *([f"{schema}.{table}.{column}".lower()] if schema else [])]
            for pattern, override in self.columns.items():
                if any(fnmatchcase(name, pattern.lower()) for name in names):
                    return override
        return self.types.get(sql_type)


@cache
def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern.lower()) for pattern in patterns)


class Member(Struct, frozen=True):
    """One project of a run."""

    config: Config
    folder: str
    """Its folder as the workspace names it; empty for a project that is no part of a workspace."""


def load_config(path: Path) -> Config:
    """Read [tool.sqlgen] of that file; all defaults if there is no such table.

    Raises ConfigError, also for a workspace.
    """
    table = _table(path)
    folders = _workspace_of(table, path)
    if folders is not None:
        example = path.parent / folders[0] / path.name
        raise ConfigError(f"{path}: a workspace; name one of its projects: --config {example}")
    return parse_config(table, path)


def load_members(path: Path) -> list[Member]:
    """Read the projects of a workspace, or the one project of that file. Raises ConfigError."""
    table = _table(path)
    folders = _workspace_of(table, path)
    if folders is None:
        return [Member(parse_config(table, path), "")]
    members = [
        Member(load_config(file), folder) for file, folder in zip(project_files(path), folders, strict=True)
    ]
    outputs: dict[Path, str] = {}
    for member in members:
        output = (member.config.root / member.config.out).resolve()
        if output in outputs:
            names = f"'{outputs[output]}' and '{member.folder}'"
            raise ConfigError(f"{path}: [tool.sqlgen] workspace: {names} write to the same folder, {output}")
        outputs[output] = member.folder
    return members


def project_files(path: Path) -> list[Path]:
    """Return the settings file of each project of a workspace; else the given one. Raises ConfigError."""
    folders = _workspace_of(_table(path), path)
    return [path] if folders is None else [path.parent / folder / path.name for folder in folders]


def _workspace_of(table: object, path: Path) -> list[str] | None:
    """Return the folders of a workspace; None for the settings of one project. Raises ConfigError."""
    if not isinstance(table, dict) or "workspace" not in table:
        return None
    place = f"{path}: [tool.sqlgen]"
    values: dict[str, object] = table  # pyright: ignore[reportUnknownVariableType] - TOML's keys are strings
    others = [key for key in values if key != "workspace"]
    if others:
        raise ConfigError(
            f"{place} '{others[0]}' beside workspace; it belongs in the pyproject.toml of a project"
        )
    try:
        folders = msgspec.convert(values["workspace"], list[str])
    except msgspec.ValidationError as error:
        raise ConfigError(f"{place} workspace: {error}; write a list of folders") from error
    if not folders:
        raise ConfigError(f"{place} workspace is empty; write a list of folders")
    return folders


def _table(path: Path) -> object:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file (--config names the pyproject.toml to use)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    tools: object = document.get("tool", {})
    if not isinstance(tools, dict):
        raise ConfigError(f"{path}: [tool] is not a table")
    tables: dict[str, object] = tools  # pyright: ignore[reportUnknownVariableType] - TOML's keys are strings
    return tables.get("sqlgen", {})


def parse_config(table: object, path: Path) -> Config:
    """The table as a Config. Raises ConfigError."""
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [tool.sqlgen] is not a table")
    values: dict[str, Any] = {**table}  # pyright: ignore[reportUnknownArgumentType] - TOML's values, checked below
    known = [name for name in Config.__struct_fields__ if name != "root"]
    for key in values:
        if key not in known:
            hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
            raise ConfigError(f"{path}: [tool.sqlgen] unknown key '{key}'; {hint}")
    for key in ("types", "columns"):
        if isinstance(values.get(key), dict):
            values[key] = {
                name: _override(value, f"{key}.{name}", path) for name, value in values[key].items()
            }
    try:
        config = msgspec.convert({"root": str(path.parent), **values}, Config, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: [tool.sqlgen] {error}") from error
    _validate(config, path)
    return config


def _override(value: object, name: str, path: Path) -> object:
    """Convert one override, so that a message names its column or type."""
    try:
        return msgspec.convert({"type": value} if isinstance(value, str) else value, Override)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: [tool.sqlgen.{name}] {error}") from error


def _path(kind: type, value: object) -> Path:
    assert kind is Path
    return Path(str(value))


def _validate(config: Config, path: Path) -> None:
    _reference(config.stream_cursor, "stream_cursor", path)
    for name in config.types:
        if name not in SQL_TYPES:
            hint = did_you_mean(name, SQL_TYPES) or f"known are {', '.join(sorted(SQL_TYPES))}"
            raise ConfigError(f"{path}: [tool.sqlgen.types] unknown SQL type '{name}'; {hint}")
    for pattern in (*config.uuid, *config.columns):
        if not _COLUMN_PATTERN.fullmatch(pattern):
            raise ConfigError(
                f"{path}: [tool.sqlgen] '{pattern}' is no column pattern; write table.column, * for any"
            )
    for key, override in (*config.types.items(), *config.columns.items()):
        for part in (override.type, override.decode, override.encode):
            if part is not None:
                _reference(part, key, path)


def _reference(value: str, key: str, path: Path) -> None:
    words = value.replace(":", ".").split(".")
    if not _REFERENCE.fullmatch(value) or any(keyword.iskeyword(word) for word in words):
        raise ConfigError(f"{path}: [tool.sqlgen] {key} = '{value}' is no reference; write module:Name")
