"""Changes to the keys and constraints of one table of the catalog."""

import re

import msgspec

from tools.sqlgen.catalog import Check, Column, ForeignKey, Key, Table
from tools.sqlgen.diagnostics import SqlError, did_you_mean
from tools.sqlgen.syntax.ast import CheckDef, DropKey, ForeignKeyDef, KeyDef, Node, RenameKey


def span_of_name(text: str, name: str, at: Node) -> tuple[int, int]:
    """Span of the first mention of the name in a statement, or of the whole statement."""
    found = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])").search(text, at.start, at.end)
    return found.span() if found else (at.start, at.end)


class KeyChange:
    """Adds and drops keys. Every method raises SqlError and then leaves the table unchanged."""

    def __init__(self, table: Table, text: str) -> None:
        self._table = table
        self._text = text

    def find_column(self, name: str, at: Node) -> Column:
        """The column of that name. Raises SqlError with the nearest one."""
        column = self._table.column(name)
        if column is None:
            hint = did_you_mean(name, (each.name for each in self._table.columns))
            raise SqlError(f"unknown column '{name}' in '{self._table.name}'", *self._span_of(name, at), hint)
        return column

    def _span_of(self, name: str, at: Node) -> tuple[int, int]:
        return span_of_name(self._text, name, at)

    def add_key(self, written: KeyDef) -> None:
        parts = [part for part in written.parts if part.column is not None]
        columns = tuple(self.find_column(part.column or "", part).name for part in parts)
        functional = len(columns) < len(written.parts)
        made = Key(
            written.kind,
            None,
            columns,
            functional,
            tuple(part.length for part in parts),
            tuple(part.expr for part in written.parts if part.expr is not None),
            expression_first=written.parts[0].column is None,
        )
        if written.kind == "PRIMARY":
            if self._table.primary_key is not None:
                raise SqlError(f"'{self._table.name}' has a primary key already", written.start, written.end)
            self._table.keys.insert(0, made)
            self._primary_is_not_null()
            return
        name = written.name or self._free_name(columns[0] if columns else "functional_index")
        if self._key(name) is not None:
            raise SqlError(
                f"key '{name}' already exists in '{self._table.name}'", *self._span_of(name, written)
            )
        self._table.keys.append(msgspec.structs.replace(made, name=name))

    def add_foreign_key(self, written: ForeignKeyDef) -> None:
        """Add the constraint, and the index that MySQL creates for it unless a suitable one exists."""
        columns = tuple(self.find_column(name, written).name for name in written.columns)
        parent = written.table
        schema = parent.schema if parent.schema is not None else self._table.schema
        self._table.foreign_keys.append(
            ForeignKey(
                written.name,
                columns,
                schema,
                parent.name,
                written.parent_columns,
                sets_null="SET NULL" in {written.on_delete, written.on_update},
            )
        )
        if not any(key.columns[: len(columns)] == columns for key in self._table.keys):
            name = written.name or columns[0]
            if self._key(name) is not None:
                name = self._free_name(name)
            self._table.keys.append(Key("INDEX", name, columns))

    def add_check(self, written: CheckDef) -> None:
        self._table.checks.append(Check(written.name, written.condition, written.enforced))

    def _primary_is_not_null(self) -> None:
        primary = self._table.primary_key
        if primary is None:
            return
        self._table.columns = [
            _not_null(each) if each.name in primary.columns else each for each in self._table.columns
        ]

    def _key(self, name: str) -> Key | None:
        folded = name.lower()
        return next((key for key in self._table.keys if key.name and key.name.lower() == folded), None)

    def _free_name(self, name: str) -> str:
        """Return MySQL's name for a key without one: its first column's, numbered from the second key on."""
        free, number = name, 2
        while self._key(free) is not None:
            free, number = f"{name}_{number}", number + 1
        return free

    def drop_key(self, name: str, at: Node) -> None:
        key = self._table.primary_key if name.upper() == "PRIMARY" else self._key(name)
        if key is None:
            hint = did_you_mean(name, (each.name for each in self._table.keys if each.name))
            raise SqlError(f"unknown key '{name}' in '{self._table.name}'", *self._span_of(name, at), hint)
        self._table.keys.remove(key)

    def _drop_constraint(self, name: str, kind: str) -> bool:
        """Drop a foreign key or check of that name; returns False if there is none.

        The catalog does not have the names that MySQL generates (`orders_ibfk_1`); they are accepted as existing.
        """
        folded = name.lower()
        foreign_keys = [each for each in self._table.foreign_keys if (each.name or "").lower() != folded]
        checks = [each for each in self._table.checks if (each.name or "").lower() != folded]
        made_up = folded.startswith((f"{self._table.name.lower()}_ibfk_", f"{self._table.name.lower()}_chk_"))
        found = made_up
        if kind != "CHECK" and len(foreign_keys) < len(self._table.foreign_keys):
            self._table.foreign_keys, found = foreign_keys, True
        if kind != "FOREIGN" and len(checks) < len(self._table.checks):
            self._table.checks, found = checks, True
        return found

    def apply_drop_key(self, action: DropKey) -> None:
        name = action.name
        if name is None or action.kind == "PRIMARY":
            self.drop_key("PRIMARY", action)
        elif action.kind == "INDEX":
            self.drop_key(name, action)
        elif not self._drop_constraint(name, action.kind):
            if action.kind != "CONSTRAINT":
                raise SqlError(
                    f"unknown constraint '{name}' in '{self._table.name}'", *self._span_of(name, action)
                )
            self.drop_key(name, action)

    def rename_key(self, action: RenameKey) -> None:
        key = self._key(action.old)
        if key is None:
            self.drop_key(action.old, action)
            return
        other = self._key(action.new)
        if other is not None and other is not key:
            raise SqlError(
                f"key '{action.new}' already exists in '{self._table.name}'",
                *self._span_of(action.new, action),
            )
        position = self._table.keys.index(key)
        self._table.keys[position] = msgspec.structs.replace(key, name=action.new)


def _not_null(column: Column) -> Column:
    if not column.nullable:
        return column
    has_default = column.default is not None or column.auto_increment or column.generated is not None
    return msgspec.structs.replace(column, nullable=False, has_default=has_default)
