"""Prepared statements over a PyMySQL connection: COM_STMT_PREPARE, COM_STMT_EXECUTE and their binary rows.

PyMySQL has no prepared statements. Its connection does the handshake and frames packets; the commands
and their answers are read here, because only COM_STMT_PREPARE tells the types of columns and parameters
without running a statement.
"""

import datetime as dt
import struct
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from msgspec import Struct
from pymysql import protocol

COM_STMT_PREPARE, COM_STMT_EXECUTE, COM_STMT_CLOSE = 0x16, 0x17, 0x19

TINY, SHORT, LONG, FLOAT, DOUBLE, NULL, TIMESTAMP, LONGLONG, INT24 = 1, 2, 3, 4, 5, 6, 7, 8, 9
DATE, TIME, DATETIME, YEAR, VARCHAR, BIT = 10, 11, 12, 13, 15, 16
VECTOR, JSON, NEWDECIMAL, ENUM, SET = 242, 245, 246, 247, 248
TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY = 249, 250, 251, 252, 253, 254, 255

FLAG_NOT_NULL, FLAG_UNSIGNED, FLAG_ENUM, FLAG_SET = 1, 32, 256, 2048
BINARY_CHARSET = 63
LONGLONG_MAX = 2**63 - 1

Value = int | float | str | bytes | Decimal | dt.datetime | dt.date | dt.timedelta | None
"""Values of parameters and rows: TIME is a timedelta; JSON, ENUM, SET and text are str; BIT, blobs, spatial values
and vectors are bytes.
"""

ServerError = pymysql.err.MySQLError
"""Any answer of the server that is an error; `args` are its number and its message."""


class Definition(Struct, frozen=True):
    """One column or parameter as the server describes it."""

    name: str
    type_code: int
    flags: int
    charset: int
    length: int
    """Display width in bytes."""
    decimals: int
    table: str = ""
    origin_table: str = ""
    origin_column: str = ""

    @property
    def unsigned(self) -> bool:
        return bool(self.flags & FLAG_UNSIGNED)


class Statement(Struct, frozen=True):
    """A statement that the server has prepared and holds until `close`."""

    id: int
    columns: tuple[Definition, ...]
    parameters: tuple[Definition, ...]


class Result(Struct, frozen=True):
    columns: tuple[Definition, ...]
    rows: list[tuple[Value, ...]]
    affected: int
    """Rows changed, of a statement without a result set."""


class Client:
    """One connection to a server, in autocommit mode, with plain queries and prepared statements."""

    def __init__(self, url: str, *, database: str | None = None) -> None:
        """Connect to mysql://user:password@host:port/database?charset=...; `database` overrides the URL's.

        Raises:
            ServerError: the server refuses, or does not answer within 5 s.
            ValueError: the URL is not a MySQL URL.

        """
        parts = urlsplit(url)
        if parts.scheme.split("+")[0] not in {"mysql", "mariadb"} or not parts.hostname:
            raise ValueError(f"not a MySQL URL: {url!r}; expected mysql://user:password@host:port/database")
        options = parse_qs(parts.query)
        self.database = database if database is not None else unquote(parts.path.lstrip("/")) or None
        # PyMySQL ships no types.
        self._connection: Any = cast("Any", pymysql).connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
            database=self.database,
            unix_socket=options.get("unix_socket", [None])[0],
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=5,
            read_timeout=60,
        )
        self.query("SET time_zone = '+00:00'")

    def close(self) -> None:
        self._connection.close()

    @property
    def is_mariadb(self) -> bool:
        return "mariadb" in str(self._connection.get_server_info()).lower()

    @property
    def version(self) -> tuple[int, ...]:
        """The server's version, of MariaDB without its `5.5.5-` disguise."""
        text = str(self._connection.get_server_info()).removeprefix("5.5.5-")
        return tuple(int(part) for part in text.split("-")[0].split(".") if part.isdigit())

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one statement in the text protocol."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql)
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def prepare(self, sql: str) -> Statement:
        """The server's description of `sql`, with `?` for parameters.

        Raises:
            ServerError: the server refuses the statement.

        """
        self._connection._execute_command(COM_STMT_PREPARE, sql)  # noqa: SLF001  (PyMySQL has no public way to send a command)
        head = self._packet()
        head.advance(1)
        (statement, column_count, parameter_count) = head.read_struct("<IHH")
        parameters = self._definitions(parameter_count)
        columns = self._definitions(column_count)
        return Statement(id=statement, columns=columns, parameters=parameters)

    def execute(self, statement: Statement, values: Sequence[Value] = ()) -> Result:
        """Run a prepared statement.

        Raises:
            ServerError: the server refuses to run it with these values.

        """
        self._connection._execute_command(COM_STMT_EXECUTE, _execute_payload(statement.id, values))  # noqa: SLF001  (as in prepare)
        head = self._packet()
        if head.is_ok_packet():
            ok = protocol.OKPacketWrapper(head)
            return Result(columns=(), rows=[], affected=int(cast("Any", ok).affected_rows))
        columns = self._definitions(head.read_length_encoded_integer())
        packets: list[Any] = []
        while not (packet := self._packet()).is_eof_packet():
            packets.append(packet)
        rows = [_binary_row(packet, columns) for packet in packets]
        return Result(columns=columns, rows=rows, affected=len(rows))

    def release(self, statement: Statement) -> None:
        """Let the server forget a statement; it sends no answer to this."""
        self._connection._execute_command(COM_STMT_CLOSE, struct.pack("<I", statement.id))  # noqa: SLF001  (as in prepare)

    def _packet(self, kind: object = protocol.MysqlPacket) -> Any:
        return self._connection._read_packet(kind)  # noqa: SLF001  (as in prepare)

    def _definitions(self, count: int) -> tuple[Definition, ...]:
        if not count:
            return ()
        found: list[Definition] = []
        for _ in range(count):
            field = self._packet(protocol.FieldDescriptorPacket)
            found.append(
                Definition(
                    name=field.name,
                    type_code=field.type_code,
                    flags=field.flags,
                    charset=field.charsetnr,
                    length=field.length,
                    decimals=field.scale,
                    table=field.table_name,
                    origin_table=field.org_table,
                    origin_column=field.org_name,
                )
            )
        self._packet()  # the EOF that ends the definitions
        return tuple(found)


def _execute_payload(statement: int, values: Sequence[Value]) -> bytes:
    head = struct.pack("<IBI", statement, 0, 1)
    if not values:
        return head
    nulls = bytearray((len(values) + 7) // 8)
    types, data = bytearray(), bytearray()
    for index, value in enumerate(values):
        if value is None:
            nulls[index // 8] |= 1 << index % 8
            types += struct.pack("<H", NULL)
            continue
        code, encoded = _encoded(value)
        types += struct.pack("<H", code)
        data += encoded
    return bytes(head + nulls + b"\x01" + types + data)


def _encoded(value: Value) -> tuple[int, bytes]:  # noqa: C901  (one branch for each type of the protocol)
    """The type code (0x8000 marks unsigned) and the bytes of one value."""
    match value:
        case int():
            if value > LONGLONG_MAX:
                return LONGLONG | 0x8000, struct.pack("<Q", value)
            return LONGLONG, struct.pack("<q", value)
        case float():
            return DOUBLE, struct.pack("<d", value)
        case Decimal():
            return NEWDECIMAL, _counted(f"{value:f}".encode())
        case str():
            return VAR_STRING, _counted(value.encode())
        case bytes():
            return LONG_BLOB, _counted(value)
        case dt.datetime():
            return DATETIME, _encoded_datetime(value)
        case dt.date():
            return DATE, struct.pack("<BHBB", 4, value.year, value.month, value.day)
        case dt.timedelta():
            return TIME, _encoded_time(value)
        case None:
            raise AssertionError("NULL goes into the bitmap")


def _counted(data: bytes) -> bytes:
    if len(data) < 251:  # noqa: PLR2004  (the protocol's limit of a one-byte length)
        return bytes([len(data)]) + data
    return b"\xfd" + len(data).to_bytes(3, "little") + data


def _encoded_datetime(value: dt.datetime) -> bytes:
    date = (value.year, value.month, value.day, value.hour, value.minute, value.second)
    return struct.pack("<BHBBBBBI", 11, *date, value.microsecond)


def _encoded_time(value: dt.timedelta) -> bytes:
    negative = value < dt.timedelta()
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return struct.pack("<BBIBBBI", 12, negative, value.days, hours, minutes, seconds, value.microseconds)


def _binary_row(packet: Any, columns: Sequence[Definition]) -> tuple[Value, ...]:
    packet.advance(1)
    nulls = packet.read((len(columns) + 9) // 8)
    return tuple(
        None if nulls[(index + 2) // 8] >> (index + 2) % 8 & 1 else _decoded(packet, column)
        for index, column in enumerate(columns)
    )


_FIXED = {
    TINY: ("<b", "<B"),
    SHORT: ("<h", "<H"),
    YEAR: ("<h", "<H"),
    LONG: ("<i", "<I"),
    INT24: ("<i", "<I"),
    LONGLONG: ("<q", "<Q"),
    FLOAT: ("<f", "<f"),
    DOUBLE: ("<d", "<d"),
}


def _decoded(packet: Any, column: Definition) -> Value:
    code = column.type_code
    if code in _FIXED:
        value: int | float = packet.read_struct(_FIXED[code][column.unsigned])[0]
        return value
    if code in {DATE, DATETIME, TIMESTAMP}:
        return _decoded_date(packet.read_length_coded_string(), code)
    if code == TIME:
        return _decoded_time(packet.read_length_coded_string())
    return _decoded_text(packet.read_length_coded_string(), column)


def _decoded_text(data: bytes, column: Definition) -> Value:
    """Decode a value that is sent as text; returns the bytes if they do not match the described type.

    This happens for UPPER of a BIT, and for NULLIF of a DECIMAL and a POINT.
    """
    code = column.type_code
    if code in {BIT, GEOMETRY, VECTOR} or (
        column.charset == BINARY_CHARSET and code not in {JSON, NEWDECIMAL}
    ):
        return data
    try:
        return Decimal(data.decode()) if code == NEWDECIMAL else data.decode()
    except (UnicodeDecodeError, InvalidOperation):
        return data


def _decoded_date(data: bytes, code: int) -> Value:
    year, month, day, hour, minute, second, micro = struct.unpack("<HBBBBBI", data.ljust(11, b"\0"))
    if not (year and month and day):
        return f"{year:04}-{month:02}-{day:02}"  # a zero date, which Python has no value for
    if code == DATE:
        return dt.date(year, month, day)
    return dt.datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001  (as on the wire: the session's zone)


def _decoded_time(data: bytes) -> dt.timedelta:
    negative, days, hours, minutes, seconds, micro = struct.unpack("<BIBBBI", data.ljust(12, b"\0"))
    value = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
    return -value if negative else value
