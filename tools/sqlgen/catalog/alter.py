"""Changes to one table of the catalog by ALTER TABLE and CREATE INDEX."""

from collections.abc import Callable, Sequence

import msgspec

from tools.sqlgen.catalog import Check, Column, Key
from tools.sqlgen.catalog.column_rules import charset_faults
from tools.sqlgen.catalog.keys import KeyChange
from tools.sqlgen.catalog.table_rules import names_in
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AddConstraint,
    AlterAction,
    AlterDefault,
    AlterVisibility,
    ChangeColumn,
    ColumnDef,
    ConvertTo,
    DataType,
    DefaultCharset,
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
from tools.sqlgen.types.declared import charset_of, column_collation, sql_type, widened_text
from tools.sqlgen.types.sql_type import SqlType


class TableChange(KeyChange):
    """Changes one table. Every method raises SqlError and then leaves the table unchanged.

    A column stays if only the key in its definition is refused: queries that name it get no further errors.
    """

    def apply(self, action: "AlterAction") -> None:
        rule = _RULES.get(type(action))
        if rule is not None:
            rule(self, action)

    # --- columns ---------------------------------------------------------------------------------

    def column_of(self, written: ColumnDef) -> Column:
        """Convert a column definition to a column of this table."""
        nullable = written.nullable is not False and not written.primary and not written.auto_increment
        column_type = sql_type(written.type, self._table.charset, self._table.collation)
        is_text = column_type.charset not in {None, "binary"}
        collation = column_collation(written.type, self._table.charset, self._table.collation)
        return Column(
            name=written.name,
            type=column_type,
            nullable=nullable,
            has_default=_has_default(written, nullable=nullable),
            auto_increment=written.auto_increment,
            generated=written.generated,
            invisible=written.invisible,
            comment=written.comment,
            collation=collation if is_text else None,
            default=written.default,
        )

    def add_column(self, written: ColumnDef) -> None:
        """Add a column after the others."""
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
        self._table.checks.extend(Check(None, condition, column=written.name) for condition in written.checks)

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

    def rename_columns(self, actions: Sequence[RenameColumn]) -> None:
        """Rename several columns at once, so that two can exchange their names."""
        olds = [self.find_column(action.old, action) for action in actions]
        renamed = {id(old): action.new for old, action in zip(olds, actions, strict=True)}
        names = [renamed.get(id(each), each.name).lower() for each in self._table.columns]
        for action in actions:
            if names.count(action.new.lower()) > 1:
                raise SqlError(
                    f"column '{action.new}' already exists in '{self._table.name}'", action.start, action.end
                )
        self._table.columns = [
            msgspec.structs.replace(each, name=renamed.get(id(each), each.name))
            for each in self._table.columns
        ]
        for old, action in zip(olds, actions, strict=True):
            self._rename_in_keys(old.name, f"{action.new}\0")
        for action in actions:
            self._rename_in_keys(f"{action.new}\0", action.new)

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
        if any(gone.name in each.columns for each in self._table.foreign_keys):
            raise SqlError(
                f"column '{gone.name}' is needed by a foreign key of '{self._table.name}'",
                *self._span_of(gone.name, action),
                "drop the foreign key first",
            )
        self._table.columns = [each for each in self._table.columns if each is not gone]
        keys: list[Key] = []
        for key in self._table.keys:
            kept = [at for at, each in enumerate(key.columns) if each != gone.name]
            if kept or (key.functional and not key.columns):
                keys.append(
                    msgspec.structs.replace(
                        key,
                        columns=tuple(key.columns[at] for at in kept),
                        lengths=tuple(key.lengths[at] for at in kept) if key.lengths else (),
                    )
                )
        self._table.keys = keys
        self._table.checks = [
            each
            for each in self._table.checks
            if each.column != gone.name and names_in(each.condition) != {gone.name.lower()}
        ]

    def alter_default(self, action: AlterDefault) -> None:
        old = self.find_column(action.column, action)
        has_default = action.default is not None or old.nullable or old.auto_increment
        new = msgspec.structs.replace(old, has_default=has_default, default=action.default)
        self._table.columns = [new if each is old else each for each in self._table.columns]

    def alter_visibility(self, action: AlterVisibility) -> None:
        old = self.find_column(action.column, action)
        new = msgspec.structs.replace(old, invisible=action.invisible)
        self._table.columns = [new if each is old else each for each in self._table.columns]

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

    # --- character sets ----------------------------------------------------------------------------

    def convert_to(self, action: ConvertTo) -> None:
        charset = action.charset
        if charset == "default":
            charset = charset_of(action.collation) if action.collation else "utf8mb4"
        for fault in charset_faults(charset, action.collation):
            raise SqlError(fault, action.start, action.end)
        self._table.charset, self._table.collation = charset, action.collation
        collation = action.collation.lower() if action.collation is not None else f"default of {charset}"
        self._table.columns = [_converted(each, charset, collation) for each in self._table.columns]

    def default_charset(self, action: DefaultCharset) -> None:
        charset = charset_of(action.collation) if action.collation is not None else None
        self._table.charset, self._table.collation = action.charset or charset, action.collation

    def other(self, action: OtherAction) -> None:
        if action.verb in {"PARTITION", "REMOVE"}:
            self._table.partitioned = action.verb == "PARTITION"
        elif action.verb == "ADD SYSTEM VERSIONING":
            self.add_hidden_period()
        elif action.verb == "DROP SYSTEM VERSIONING":
            self._table.columns = [
                each for each in self._table.columns if not (each.invisible and each.name in _HIDDEN_PERIOD)
            ]

    def add_hidden_period(self) -> None:
        """Add the columns of MariaDB's system versioning that a table has if it declares none of its own."""
        for name in _HIDDEN_PERIOD:
            if self._table.column(name) is None:
                moment = SqlType("TIMESTAMP", scale=6)
                self._table.columns.append(
                    Column(name, moment, nullable=False, has_default=True, invisible=True)
                )


_HIDDEN_PERIOD = ("row_start", "row_end")


def _has_default(written: ColumnDef, *, nullable: bool) -> bool:
    if written.generated is not None or written.auto_increment or nullable:
        return True
    return written.default is not None and not isinstance(written.default, NullLiteral)


def _converted(column: Column, charset: str, collation: str) -> Column:
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
    AlterVisibility: TableChange.alter_visibility,
    ChangeColumn: TableChange.change_column,
    ConvertTo: TableChange.convert_to,
    DefaultCharset: TableChange.default_charset,
    DropColumn: TableChange.drop_column,
    DropKey: TableChange.apply_drop_key,
    OtherAction: TableChange.other,
    RenameColumn: TableChange.rename_column,
    RenameKey: TableChange.rename_key,
}
