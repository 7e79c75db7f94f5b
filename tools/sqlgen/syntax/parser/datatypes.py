"""Data types: as a column has them, as CAST has them."""

from difflib import get_close_matches
from typing import Literal, NoReturn

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import DataType
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.literals import LiteralParser

_Shape = Literal["int", "fixed", "float", "char", "text", "binary", "length", "members", "plain"]

_TYPES: dict[str, tuple[str, _Shape]] = {
    "TINYINT": ("TINYINT", "int"), "INT1": ("TINYINT", "int"),
    "SMALLINT": ("SMALLINT", "int"), "INT2": ("SMALLINT", "int"),
    "MEDIUMINT": ("MEDIUMINT", "int"), "INT3": ("MEDIUMINT", "int"), "MIDDLEINT": ("MEDIUMINT", "int"),
    "INT": ("INT", "int"), "INTEGER": ("INT", "int"), "INT4": ("INT", "int"),
    "BIGINT": ("BIGINT", "int"), "INT8": ("BIGINT", "int"),
    "DECIMAL": ("DECIMAL", "fixed"), "DEC": ("DECIMAL", "fixed"), "NUMERIC": ("DECIMAL", "fixed"),
    "FIXED": ("DECIMAL", "fixed"), "NUMBER": ("DECIMAL", "fixed"),
    "FLOAT": ("FLOAT", "float"), "FLOAT4": ("FLOAT", "float"),
    "DOUBLE": ("DOUBLE", "float"), "FLOAT8": ("DOUBLE", "float"), "REAL": ("DOUBLE", "float"),
    "BIT": ("BIT", "length"), "YEAR": ("YEAR", "length"), "VECTOR": ("VECTOR", "length"),
    "DATE": ("DATE", "plain"), "TIME": ("TIME", "length"), "DATETIME": ("DATETIME", "length"),
    "TIMESTAMP": ("TIMESTAMP", "length"),
    "CHAR": ("CHAR", "char"), "CHARACTER": ("CHAR", "char"),
    "VARCHAR": ("VARCHAR", "char"), "VARCHARACTER": ("VARCHAR", "char"),
    "TINYTEXT": ("TINYTEXT", "text"), "TEXT": ("TEXT", "text"), "MEDIUMTEXT": ("MEDIUMTEXT", "text"),
    "LONGTEXT": ("LONGTEXT", "text"),
    "BINARY": ("BINARY", "binary"), "VARBINARY": ("VARBINARY", "binary"),
    "TINYBLOB": ("TINYBLOB", "plain"), "BLOB": ("BLOB", "binary"), "MEDIUMBLOB": ("MEDIUMBLOB", "plain"),
    "LONGBLOB": ("LONGBLOB", "plain"),
    "ENUM": ("ENUM", "members"), "SET": ("SET", "members"), "JSON": ("JSON", "plain"),
    "GEOMETRY": ("GEOMETRY", "plain"), "POINT": ("POINT", "plain"), "LINESTRING": ("LINESTRING", "plain"),
    "POLYGON": ("POLYGON", "plain"), "MULTIPOINT": ("MULTIPOINT", "plain"),
    "MULTILINESTRING": ("MULTILINESTRING", "plain"), "MULTIPOLYGON": ("MULTIPOLYGON", "plain"),
    "GEOMETRYCOLLECTION": ("GEOMCOLLECTION", "plain"), "GEOMCOLLECTION": ("GEOMCOLLECTION", "plain"),
    "UUID": ("UUID", "plain"), "INET4": ("INET4", "plain"), "INET6": ("INET6", "plain"),
    "NVARCHAR": ("VARCHAR", "char"), "NCHAR": ("CHAR", "char"),
    "VARCHAR2": ("VARCHAR", "char"), "CLOB": ("LONGTEXT", "text"), "RAW": ("VARBINARY", "binary"),
}  # fmt: skip

NATIONAL = "utf8mb3"
"""The character set of NCHAR and of N'...'."""

_CAST_INTEGERS = {"SIGNED": False, "UNSIGNED": True}
_CASTABLE = frozenset(
    {
        "BINARY", "CHAR", "DATE", "DATETIME", "TIME", "DECIMAL", "JSON", "FLOAT", "DOUBLE", "YEAR",
        "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMCOLLECTION",
    }
)  # fmt: skip


class TypeParser(LiteralParser):
    """Reads data types."""

    def data_type(self) -> DataType:
        """A column's type, with the attributes that belong to it: sign, character set, BINARY."""
        start = self.token.start
        special = self._many_worded_type(start)
        if special is not None:
            return special
        token = self.token
        name, shape = self._type_name()
        if shape == "members":
            values = self.parenthesised(self.string)
            return self._charset_attributes(start, name, values=values)
        if token.word == "NCHAR" and self.accept_any("VARYING", "VARCHAR"):
            name = "VARCHAR"
        args = self._type_args(shape)
        self._refuse_missing_length(name, args)
        if shape in {"char", "text"}:
            charset = NATIONAL if token.word in {"NCHAR", "NVARCHAR"} else None
            return self._charset_attributes(start, name, args, charset)
        unsigned = self._is_unsigned() if shape in {"int", "fixed", "float"} else False
        return DataType(start, self.previous_end, name, args, unsigned)

    def cast_type(self) -> DataType:
        """The type in CAST(x AS type) and CONVERT(x, type)."""
        start = self.token.start
        unsigned = _CAST_INTEGERS.get(self.token.word)
        if unsigned is not None:
            self.advance()
            self.accept_any("INTEGER", "INT")
            data_type = DataType(start, self.previous_end, "BIGINT", (), unsigned)
        else:
            token = self.token
            data_type = self.data_type()
            if data_type.name not in _CASTABLE:
                self.fail(f"CAST cannot make {data_type.name}", token, _cast_hint(data_type))
        if self.accept("ARRAY"):
            return _with_array(data_type, self.previous_end)
        return data_type

    def _type_name(self) -> tuple[str, _Shape]:
        token = self.token
        found = _TYPES.get(token.word)
        if found is None:
            self._unknown_type(token)
        self.advance()
        if token.word == "DOUBLE":
            self.accept("PRECISION")
        elif token.word in {"CHAR", "CHARACTER"} and self.accept("VARYING"):
            return "VARCHAR", "char"
        return found

    def _unknown_type(self, token: Token) -> NoReturn:
        if token.kind != lexer.WORD:
            self.unexpected("a data type")
        near = get_close_matches(token.word, _TYPES, 1)
        hint = f"did you mean {near[0]}?" if near else None
        self.fail(f"unknown data type '{self.raw(token)}'", token, hint)

    def _many_worded_type(self, start: int) -> DataType | None:
        """BOOL, SERIAL, NATIONAL ..., LONG ...: types that stand for another one."""
        word = self.token.word
        if word in {"BOOL", "BOOLEAN"}:
            self.advance()
            return DataType(start, self.previous_end, "TINYINT", (1,))
        if word == "SERIAL":
            self.advance()
            return DataType(start, self.previous_end, "BIGINT", (), unsigned=True)
        if word == "NATIONAL":
            self.advance()
            varying = self.accept_any("VARCHAR", "VARCHARACTER") is not None
            if not varying:
                if self.accept_any("CHAR", "CHARACTER") is None:
                    self.unexpected("CHAR or VARCHAR")
                varying = self.accept("VARYING")
            args = self._type_args("char")
            return self._charset_attributes(start, "VARCHAR" if varying else "CHAR", args, NATIONAL)
        if word == "LONG":
            self.advance()
            if self.accept("VARBINARY"):
                return DataType(start, self.previous_end, "MEDIUMBLOB")
            if self.accept_any("CHAR", "CHARACTER"):
                self.expect("VARYING")
            else:
                self.accept_any("VARCHAR", "VARCHARACTER")
            return self._charset_attributes(start, "MEDIUMTEXT")
        return None

    def _refuse_missing_length(self, name: str, args: tuple[int, ...]) -> None:
        if name in {"VARCHAR", "VARBINARY"} and not args:
            self.unexpected(f"the length of {name} in parentheses", f"write {name}(255)")

    def _type_args(self, shape: _Shape) -> tuple[int, ...]:
        if shape == "plain" or self.token.word != "(":
            return ()
        self.advance()
        args = [self.integer("a length")]
        if shape in {"fixed", "float"} and self.accept(","):
            args.append(self.integer("a number of digits"))
        self.expect(")")
        return tuple(args)

    def _is_unsigned(self) -> bool:
        unsigned = False
        while word := self.accept_any("UNSIGNED", "SIGNED", "ZEROFILL"):
            unsigned = unsigned or word != "SIGNED"
        return unsigned

    def _charset_attributes(
        self,
        start: int,
        name: str,
        args: tuple[int, ...] = (),
        charset: str | None = None,
        values: tuple[str, ...] = (),
    ) -> DataType:
        binary = False
        while True:
            if self.at_charset():
                charset = self.charset_clause()
            elif self.token.word == "BINARY":
                self.advance()
                binary = True
            elif word := self.accept_any("ASCII", "UNICODE", "BYTE"):
                charset = {"ASCII": "latin1", "UNICODE": "ucs2", "BYTE": "binary"}[word]
            else:
                break
        return DataType(
            start, self.previous_end, name, args, values=values, charset=charset, binary_attribute=binary
        )

    def at_charset(self) -> bool:
        word = self.token.word
        return word == "CHARSET" or (word in {"CHARACTER", "CHAR"} and self.peek().word == "SET")

    def charset_clause(self) -> str:
        """CHARACTER SET [=] name, CHARSET [=] name"""
        if not self.accept("CHARSET"):
            self.advance()
            self.expect("SET")
        self.accept("=")
        return self.charset_name()

    def charset_name(self) -> str:
        """The name of a character set or collation: a word, a string, BINARY, DEFAULT."""
        if self.token.kind == lexer.STRING:
            return self.string()
        if self.token.word in {"BINARY", "DEFAULT"}:
            return self.raw(self.advance()).lower()
        return self.name("the name of a character set").lower()


def _cast_hint(data_type: DataType) -> str:
    if data_type.name.endswith(("INT", "BIT")):
        return "cast to SIGNED or UNSIGNED"
    if data_type.name.endswith(("TEXT", "CHAR")) or data_type.name in {"ENUM", "SET"}:
        return "cast to CHAR"
    if data_type.name == "TIMESTAMP":
        return "cast to DATETIME"
    return "cast to BINARY"


def _with_array(data_type: DataType, end: int) -> DataType:
    return DataType(
        data_type.start, end, data_type.name, data_type.args, data_type.unsigned, data_type.values,
        data_type.charset, data_type.collation, data_type.binary_attribute, array=True,
    )  # fmt: skip
