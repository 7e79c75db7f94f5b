"""Data types: as a column has them, as CAST has them."""

from typing import Literal, NoReturn

from tools.sqlgen.diagnostics import nearest
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import DataType
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_integer, parse_string

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
_CAST_IN_MARIADB = frozenset({"INT", "VARCHAR", "UUID", "INET4", "INET6"})
_CASTABLE = frozenset(
    {
        "BINARY", "CHAR", "DATE", "DATETIME", "TIME", "DECIMAL", "JSON", "FLOAT", "DOUBLE", "YEAR",
        "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMCOLLECTION",
    }
)  # fmt: skip


def parse_data_type(p: Parser) -> DataType:
    """A column's type, with the attributes that belong to it: sign, character set, BINARY."""
    start = p.token.start
    special = _many_worded_type(p, start)
    if special is not None:
        return special
    token = p.token
    name, shape = _type_name(p)
    if shape == "members":
        values = p.parenthesised(parse_string)
        return _charset_attributes(p, start, name, values=values)
    if token.word == "NCHAR" and p.accept_any("VARYING", "VARCHAR"):
        name = "VARCHAR"
    args = _type_args(p, shape)
    _refuse_missing_length(p, name, args)
    if shape in {"char", "text"}:
        charset = NATIONAL if token.word in {"NCHAR", "NVARCHAR"} else None
        return _charset_attributes(p, start, name, args, charset)
    unsigned = _is_unsigned(p) if shape in {"int", "fixed", "float"} else False
    return DataType(start, p.previous_end, name, args, unsigned)


def parse_cast_type(p: Parser) -> DataType:
    """The type in CAST(x AS type) and CONVERT(x, type)."""
    start = p.token.start
    unsigned = _CAST_INTEGERS.get(p.token.word)
    if unsigned is not None:
        p.advance()
        p.accept_any("INTEGER", "INT")
        data_type = DataType(start, p.previous_end, "BIGINT", (), unsigned)
    else:
        token = p.token
        data_type = parse_data_type(p)
        if token.word in {"NUMERIC", "FIXED"}:
            p.fail(f"CAST cannot make {token.word}", token, "write DECIMAL")
        if data_type.name not in _CASTABLE and (p.is_mysql or data_type.name not in _CAST_IN_MARIADB):
            p.fail(f"CAST cannot make {data_type.name}", token, _cast_hint(data_type))
        _check_cast_type(p, data_type, token)
    if p.accept("ARRAY"):
        return _with_array(data_type, p.previous_end)
    return data_type


_MOST: dict[str, int] = {"DATETIME": 6, "TIME": 6, "DECIMAL": 65, "FLOAT": 53}


def _check_cast_type(p: Parser, data_type: DataType, token: Token) -> None:
    """Refuse the arguments and attributes that a column's type takes, and CAST does not."""
    name, args = data_type.name, data_type.args
    if data_type.unsigned or (args and name in {"YEAR", "DOUBLE"}) or (name == "FLOAT" and len(args) > 1):
        p.fail(f"CAST takes {name} without these attributes", token, f"write CAST(... AS {name})")
    if args and args[0] > _MOST.get(name, args[0]):
        p.fail(f"{name} takes at most {_MOST[name]}", token)
    if len(args) > 1 and args[1] > min(args[0], 30):
        p.fail("a DECIMAL has at most 30 digits after the point, and not more than digits at all", token)


def _type_name(p: Parser) -> tuple[str, _Shape]:
    token = p.token
    found = _TYPES.get(token.word)
    if found is None:
        _unknown_type(p, token)
    p.advance()
    if token.word == "DOUBLE":
        p.accept("PRECISION")
    elif token.word in {"CHAR", "CHARACTER"} and p.accept("VARYING"):
        return "VARCHAR", "char"
    return found


def _unknown_type(p: Parser, token: Token) -> NoReturn:
    if token.kind != lexer.WORD:
        p.unexpected("a data type")
    near = nearest(token.word, _TYPES)
    hint = f"did you mean {near}?" if near else None
    p.fail(f"unknown data type '{p.raw(token)}'", token, hint)


def _many_worded_type(p: Parser, start: int) -> DataType | None:
    """Parse BOOL, SERIAL, NATIONAL ..., LONG ...: synonyms of other types. Returns None for any other type."""
    word = p.token.word
    if word in {"BOOL", "BOOLEAN"}:
        p.advance()
        return DataType(start, p.previous_end, "TINYINT", (1,))
    if word == "SERIAL":
        p.advance()
        return DataType(start, p.previous_end, "BIGINT", (), unsigned=True)
    if word == "NATIONAL":
        p.advance()
        varying = p.accept_any("VARCHAR", "VARCHARACTER") is not None
        if not varying:
            if p.accept_any("CHAR", "CHARACTER") is None:
                p.unexpected("CHAR or VARCHAR")
            varying = p.accept("VARYING")
        args = _type_args(p, "char")
        return _charset_attributes(p, start, "VARCHAR" if varying else "CHAR", args, NATIONAL)
    if word == "LONG":
        p.advance()
        if p.accept("VARBINARY"):
            return DataType(start, p.previous_end, "MEDIUMBLOB")
        if p.accept_any("CHAR", "CHARACTER"):
            p.expect("VARYING")
        else:
            p.accept_any("VARCHAR", "VARCHARACTER")
        return _charset_attributes(p, start, "MEDIUMTEXT")
    return None


def _refuse_missing_length(p: Parser, name: str, args: tuple[int, ...]) -> None:
    if name in {"VARCHAR", "VARBINARY"} and not args:
        p.unexpected(f"the length of {name} in parentheses", f"write {name}(255)")


def _type_args(p: Parser, shape: _Shape) -> tuple[int, ...]:
    if shape == "plain" or p.token.word != "(":
        return ()
    p.advance()
    args = [parse_integer(p, "a length")]
    if shape in {"fixed", "float"} and p.accept(","):
        args.append(parse_integer(p, "a number of digits"))
    p.expect(")")
    return tuple(args)


def _is_unsigned(p: Parser) -> bool:
    unsigned = False
    while word := p.accept_any("UNSIGNED", "SIGNED", "ZEROFILL"):
        unsigned = unsigned or word != "SIGNED"
    return unsigned


def _charset_attributes(
    p: Parser,
    start: int,
    name: str,
    args: tuple[int, ...] = (),
    charset: str | None = None,
    values: tuple[str, ...] = (),
) -> DataType:
    binary = False
    while True:
        if at_charset(p):
            charset = parse_charset_clause(p)
        elif p.token.word == "BINARY":
            p.advance()
            binary = True
        elif word := p.accept_any("ASCII", "UNICODE", "BYTE"):
            charset = {"ASCII": "latin1", "UNICODE": "ucs2", "BYTE": "binary"}[word]
        else:
            break
    return DataType(
        start, p.previous_end, name, args, values=values, charset=charset, binary_attribute=binary
    )


def at_charset(p: Parser) -> bool:
    word = p.token.word
    return word == "CHARSET" or (word in {"CHARACTER", "CHAR"} and p.peek().word == "SET")


def parse_charset_clause(p: Parser) -> str:
    """CHARACTER SET [=] name, CHARSET [=] name"""
    if not p.accept("CHARSET"):
        p.advance()
        p.expect("SET")
    p.accept("=")
    return parse_charset_name(p)


def parse_charset_name(p: Parser) -> str:
    """The name of a character set or collation: a word, a string, BINARY, DEFAULT."""
    if p.token.kind == lexer.STRING:
        return parse_string(p)
    if p.token.word in {"BINARY", "DEFAULT"}:
        return p.raw(p.advance()).lower()
    return p.name("the name of a character set").lower()


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
