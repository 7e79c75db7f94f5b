"""Changes to one table of the catalogue: what ALTER TABLE and CREATE INDEX do."""

from collections.abc import Callable
from difflib import get_close_matches

import msgspec

from tools.sqlgen.catalog import Check, Column, ForeignKey, Key, Table
from tools.sqlgen.catalog_types import charset_of, sql_type, widened_text
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import (
    AddColumn,
    AddConstraint,
    AlterAction,
    AlterDefault,
    ChangeColumn,
    CheckDef,
    ColumnDef,
    ConvertTo,
    DataType,
    DropColumn,
    DropKey,
    ForeignKeyDef,
    KeyDef,
    KeyPart,
    Node,
    NullLiteral,
    OtherAction,
    RenameColumn,
    RenameKey,
)


class TableChange:
    """Applies changes to a table. Every method raises SqlError, with the table as it was before it."""

    def __init__(self, table: Table, text: str) -> None:
        self._table = table
        self._text = text

    def apply(self, action: "AlterAction") -> None:
        rule = _RULES.get(type(action))
        if rule is not None:
            rule(self, action)

    # --- columns ---------------------------------------------------------------------------------

    def column_of(self, written: ColumnDef) -> Column:
        """The column that a definition in this table makes."""
        nullable = written.nullable is not False and not written.primary and not written.auto_increment
        column_type = sql_type(written.type, self._table.charset, self._table.collation)
        collation = written.type.collation or (None if written.type.charset else self._table.collation)
        return Column(
            name=written.name,
            type=column_type,
            nullable=nullable,
            has_default=_has_default(written, nullable=nullable),
            auto_increment=written.auto_increment,
            generated=written.generated,
            invisible=written.invisible,
            comment=written.comment,
            collation=collation if column_type.charset not in {None, "binary"} else None,
            default=written.default,
        )

    def add_column(self, written: ColumnDef) -> None:
        """Behind the others."""
        self._insert_column(written, len(self._table.columns))

    def _insert_column(self, written: ColumnDef, position: int) -> None:
        if self._table.column(written.name) is not None:
            raise SqlError(
                f"column '{written.name}' already exists in '{self._table.name}'", *self._name_span(written)
            )
        columns = list(self._table.columns)
        columns.insert(position, self.column_of(written))
        self._table.columns = columns
        self._add_inline(written)

    def apply_add_column(self, action: AddColumn) -> None:
        if action.if_not_exists and self._table.column(action.column.name) is not None:
            return
        position = self._position(self._table.columns, first=action.first, after=action.after, at=action)
        self._insert_column(action.column, position)
        if action.column.references is not None:
            self.add_foreign_key(action.column.references)

    def _add_inline(self, written: ColumnDef) -> None:
        """The keys and checks that a column definition carries."""
        part = (KeyPart(written.start, written.end, written.name),)
        if written.primary:
            self.add_key(KeyDef(written.start, written.end, "PRIMARY", None, part))
        if written.unique:
            self.add_key(KeyDef(written.start, written.end, "UNIQUE", None, part))
        self._table.checks.extend(Check(None, condition) for condition in written.checks)

    def _position(self, columns: list[Column], *, first: bool, after: str | None, at: Node) -> int:
        if first:
            return 0
        if after is None:
            return len(columns)
        before = self.find_column(after, at)
        return columns.index(before) + 1

    def change_column(self, action: ChangeColumn) -> None:
        old = self.find_column(action.old, action)
        written = action.column
        clash = self._table.column(written.name)
        if clash is not None and clash is not old:
            raise SqlError(
                f"column '{written.name}' already exists in '{self._table.name}'", *self._name_span(written)
            )
        columns = list(self._table.columns)
        place = columns.index(old)
        columns.remove(old)
        if action.first or action.after is not None:
            place = self._position(columns, first=action.first, after=action.after, at=action)
        columns.insert(place, self.column_of(written))
        self._table.columns = columns
        self._rename_in_keys(old.name, written.name)
        self._add_inline(written)
        self._primary_is_not_null()

    def rename_column(self, action: RenameColumn) -> None:
        old = self.find_column(action.old, action)
        clash = self._table.column(action.new)
        if clash is not None and clash is not old:
            raise SqlError(
                f"column '{action.new}' already exists in '{self._table.name}'", action.start, action.end
            )
        renamed = msgspec.structs.replace(old, name=action.new)
        self._table.columns = [renamed if each is old else each for each in self._table.columns]
        self._rename_in_keys(old.name, action.new)

    def _rename_in_keys(self, old: str, new: str) -> None:
        def renamed(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if each == old else each for each in columns)

        self._table.keys = [
            msgspec.structs.replace(key, columns=renamed(key.columns)) for key in self._table.keys
        ]
        self._table.foreign_keys = [
            msgspec.structs.replace(key, columns=renamed(key.columns)) for key in self._table.foreign_keys
        ]

    def drop_column(self, action: DropColumn) -> None:
        if action.if_exists and self._table.column(action.name) is None:
            return
        gone = self.find_column(action.name, action)
        self._table.columns = [each for each in self._table.columns if each is not gone]
        keys: list[Key] = []
        for key in self._table.keys:
            left = tuple(each for each in key.columns if each != gone.name)
            if left or (key.functional and left == key.columns):
                keys.append(msgspec.structs.replace(key, columns=left))
        self._table.keys = keys
        self._table.foreign_keys = [
            each for each in self._table.foreign_keys if gone.name not in each.columns
        ]

    def alter_default(self, action: AlterDefault) -> None:
        old = self.find_column(action.column, action)
        has_default = action.default is not None or old.nullable or old.auto_increment
        new = msgspec.structs.replace(old, has_default=has_default, default=action.default)
        self._table.columns = [new if each is old else each for each in self._table.columns]

    def find_column(self, name: str, at: Node) -> Column:
        """The column of that name. Raises SqlError with the nearest one."""
        column = self._table.column(name)
        if column is None:
            near = get_close_matches(name, [each.name for each in self._table.columns], 1)
            hint = f"did you mean '{near[0]}'?" if near else None
            raise SqlError(f"unknown column '{name}' in '{self._table.name}'", *self._span_of(name, at), hint)
        return column

    def _span_of(self, name: str, at: Node) -> tuple[int, int]:
        start = self._text.find(name, at.start, at.end)
        return (start, start + len(name)) if start >= 0 else (at.start, at.end)

    def _name_span(self, written: ColumnDef) -> tuple[int, int]:
        return self._span_of(written.name, written)

    # --- keys ------------------------------------------------------------------------------------

    def add_constraint(self, action: AddConstraint) -> None:
        element = action.element
        if isinstance(element, KeyDef):
            self.add_key(element)
        elif isinstance(element, ForeignKeyDef):
            self.add_foreign_key(element)
        else:
            self.add_check(element)

    def add_key(self, written: KeyDef) -> None:
        columns = tuple(
            self.find_column(part.column, part).name for part in written.parts if part.column is not None
        )
        functional = len(columns) < len(written.parts)
        if written.kind == "PRIMARY":
            if self._table.primary_key is not None:
                raise SqlError(f"'{self._table.name}' has a primary key already", written.start, written.end)
            self._table.keys.insert(0, Key("PRIMARY", None, columns))
            self._primary_is_not_null()
            return
        name = written.name or self._free_name(columns[0] if columns else "functional_index")
        if self._key(name) is not None:
            raise SqlError(
                f"key '{name}' already exists in '{self._table.name}'", *self._span_of(name, written)
            )
        self._table.keys.append(Key(written.kind, name, columns, functional))

    def add_foreign_key(self, written: ForeignKeyDef) -> None:
        """The constraint, and the index that MySQL makes for it unless one is there."""
        columns = tuple(self.find_column(name, written).name for name in written.columns)
        parent = written.table
        schema = parent.schema if parent.schema is not None else self._table.schema
        self._table.foreign_keys.append(
            ForeignKey(written.name, columns, schema, parent.name, written.parent_columns)
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
        """The name MySQL gives to a key without one: of its first column, numbered from the second on."""
        free, number = name, 2
        while self._key(free) is not None:
            free, number = f"{name}_{number}", number + 1
        return free

    def drop_key(self, name: str, at: Node) -> None:
        key = self._table.primary_key if name.upper() == "PRIMARY" else self._key(name)
        if key is None:
            near = get_close_matches(name, [each.name for each in self._table.keys if each.name], 1)
            hint = f"did you mean '{near[0]}'?" if near else None
            raise SqlError(f"unknown key '{name}' in '{self._table.name}'", *self._span_of(name, at), hint)
        self._table.keys.remove(key)

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

    def _drop_constraint(self, name: str, kind: str) -> bool:
        """Drops a foreign key or check of that name; False when there is none.

        A name that MySQL made up (`orders_ibfk_1`) is nobody's in the catalogue, and is taken on trust.
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

    def rename_key(self, action: RenameKey) -> None:
        key = self._key(action.old)
        if key is None:
            self.drop_key(action.old, action)
            return
        position = self._table.keys.index(key)
        self._table.keys[position] = msgspec.structs.replace(key, name=action.new)

    # --- character sets ----------------------------------------------------------------------------

    def convert_to(self, action: ConvertTo) -> None:
        charset = action.charset
        if charset == "default":
            charset = charset_of(action.collation) if action.collation else "utf8mb4"
        self._table.charset, self._table.collation = charset, action.collation
        self._table.columns = [_converted(each, charset, action.collation) for each in self._table.columns]

    def other(self, action: OtherAction) -> None:
        verb, _, charset = action.verb.partition(" ")
        if verb == "CHARSET":
            self._table.charset, self._table.collation = charset, None


def _has_default(written: ColumnDef, *, nullable: bool) -> bool:
    if written.generated is not None or written.auto_increment or nullable:
        return True
    return written.default is not None and not isinstance(written.default, NullLiteral)


def _not_null(column: Column) -> Column:
    if not column.nullable:
        return column
    has_default = column.default is not None or column.auto_increment or column.generated is not None
    return msgspec.structs.replace(column, nullable=False, has_default=has_default)


def _converted(column: Column, charset: str, collation: str | None) -> Column:
    old = column.type
    if old.charset is None or old.charset == "binary":
        return column
    name = widened_text(old.name, old.charset, charset)
    args = () if old.length is None or name != old.name else (old.length,)
    written = DataType(0, 0, name, args, values=old.values, charset=charset)
    return msgspec.structs.replace(column, type=sql_type(written), collation=collation)


_RULES: dict[type, Callable[..., None]] = {
    AddColumn: TableChange.apply_add_column,
    AddConstraint: TableChange.add_constraint,
    AlterDefault: TableChange.alter_default,
    ChangeColumn: TableChange.change_column,
    ConvertTo: TableChange.convert_to,
    DropColumn: TableChange.drop_column,
    DropKey: TableChange.apply_drop_key,
    OtherAction: TableChange.other,
    RenameColumn: TableChange.rename_column,
    RenameKey: TableChange.rename_key,
}
