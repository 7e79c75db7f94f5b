"""Writes models.py: a Struct for each table, a StrEnum for each ENUM and SET column."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from tools.sqlgen.catalog import Catalog, Column, Table
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.python_types import PyType, annotation, python_type
from tools.sqlgen.emit.text import header, literal, struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import camel_case, constant_case, identifier, singular, unique
from tools.sqlgen.types.source_column import SourceColumn

_Key = tuple[str | None, str]


class ModelField(Struct, frozen=True):
    column: str
    name: str
    type: PyType
    nullable: bool


class Model(Struct, frozen=True):
    """The Struct of a table or view."""

    name: str
    fields: tuple[ModelField, ...]
    comment: str | None

    @property
    def closed(self) -> bool:
        return all(field.type.closed for field in self.fields)


class Models:
    """The definitions of models.py, by table and by ENUM or SET column. Implements EnumNames of the type map."""

    def __init__(self, catalog: Catalog, config: Config) -> None:
        self._catalog = catalog
        self.config = config
        self._tables = {(table.schema, table.name): table for table in catalog.tables() if _columns(table)}
        self._class_names = _class_names(self._tables)
        self._enums = self._enum_names()
        self._models: dict[_Key, Model] = {}

    def model(self, source_column: SourceColumn) -> Model:
        """Return the Struct of the table that `source_column` names."""
        return self._model(self._key(source_column))

    def table(self, source_column: SourceColumn) -> Table:
        return self._tables[self._key(source_column)]

    def enum(self, source_column: SourceColumn) -> str | None:
        key = self._key(source_column)
        return self._enums.get((*key, source_column.column.lower())) if key in self._tables else None

    def _key(self, source_column: SourceColumn) -> _Key:
        table = self._catalog.table(source_column.table, source_column.schema)
        return (source_column.schema, source_column.table) if table is None else (table.schema, table.name)

    def _model(self, key: _Key) -> Model:
        if key not in self._models:
            table = self._tables[key]
            fields: list[ModelField] = []
            taken: set[str] = set()
            for number, column in enumerate(visible_columns(table), 1):
                name = unique(identifier(column.name, f"column_{number}"), taken)
                taken.add(name)
                source_column = column.source_column or SourceColumn(table.schema, table.name, column.name)
                type_ = python_type(column.type, source_column, self.config, self)
                fields.append(ModelField(column.name, name, type_, column.nullable))
            self._models[key] = Model(self._class_names[key], tuple(fields), table.comment)
        return self._models[key]

    def _enum_names(self) -> dict[tuple[str | None, str, str], str]:
        names: dict[tuple[str | None, str, str], str] = {}
        taken = set(self._class_names.values())
        for key, table in self._tables.items():
            for column in _columns(table):
                if table.is_view or column.type.name not in {"ENUM", "SET"}:
                    continue
                name = unique(self._class_names[key] + camel_case(column.name), taken)
                taken.add(name)
                names[*key, column.name.lower()] = name
        return names

    def text(self, sources: str) -> str:
        """Return the whole module, not formatted yet."""
        models = [self._model(key) for key in self._tables]
        namespace = ModuleNamespace(self._class_names.values(), ".models")
        namespace.reserve(self._enums.values())
        namespace.reserve(field.name for model in models for field in model.fields)
        blocks = [self._enum_text(key, name, namespace) for key, name in self._enums.items()]
        blocks += [_model_text(model, namespace) for model in sorted(models, key=lambda model: model.name)]
        names = sorted([*self._class_names.values(), *self._enums.values()])
        listed = ", ".join(f'"{name}"' for name in names)
        return "\n\n".join(
            [
                f'{header(sources)}"""The tables of the schema."""\n',
                namespace.imports(),
                f"__all__ = [{listed}]\n",
                *blocks,
            ]
        )

    def _enum_text(self, key: tuple[str | None, str, str], name: str, namespace: ModuleNamespace) -> str:
        column = self._tables[key[:2]].column(key[2])
        assert column is not None
        taken: set[str] = set()
        members: list[str] = []
        for value in column.type.values:
            member = unique(constant_case(value) or "EMPTY", taken)
            taken.add(member)
            members.append(f"    {member} = {literal(value)}\n")
        return f"class {name}({namespace.ref('enum', 'StrEnum')}):\n{''.join(members)}"


def visible_columns(table: Table) -> list[Column]:
    """Return the columns that `*` selects."""
    return [column for column in _columns(table) if not column.invisible]


def _columns(table: Table) -> list[Column]:
    try:
        return table.columns
    except SqlError:
        return []  # a view with a wrong query: the catalog has a finding for it


def _class_names(tables: Iterable[_Key]) -> dict[_Key, str]:
    """Return a class name for each table: `order_items` -> OrderItem.

    If two tables would have the same name, the plural, or else the name with the schema.
    """
    candidates = {
        key: (camel_case(singular(key[1])), camel_case(key[1]), camel_case(f"{key[0] or 'default'}_{key[1]}"))
        for key in tables
    }
    uses = [Counter(options[level] for options in candidates.values()) for level in range(3)]
    names: dict[_Key, str] = {}
    taken: set[str] = set()
    for key, options in candidates.items():
        free = [name for level, name in enumerate(options) if uses[level][name] == 1 and name not in taken]
        names[key] = free[0] if free else unique(options[-1], taken)
        taken.add(names[key])
    return names


def _model_text(model: Model, namespace: ModuleNamespace) -> str:
    fields = [
        f"{field.name}: {annotation(field.type, namespace)}{' | None' if field.nullable else ''}"
        for field in model.fields
    ]
    doc = model.comment.splitlines() if model.comment else ()
    return struct(model.name, fields, namespace.ref("msgspec", "Struct"), closed=model.closed, doc=doc)
