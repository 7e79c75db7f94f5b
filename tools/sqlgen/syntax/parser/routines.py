"""The heads of stored functions: what a query that calls one has to know. Bodies are passed over unread."""

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import CreateFunction, DataType, DropFunction
from tools.sqlgen.syntax.parser.alter import AlterParser

_LOADABLE = {
    "STRING": "VARCHAR",
    "INTEGER": "BIGINT",
    "INT": "BIGINT",
    "REAL": "DOUBLE",
    "DECIMAL": "DECIMAL",
}
"""What a loadable function says that it returns, and the type that comes."""


class RoutineParser(AlterParser):
    """Reads CREATE FUNCTION up to its body, and DROP FUNCTION."""

    def create_function(self, start: int) -> CreateFunction | None:
        """The function at hand, after CREATE and its options; None when its head cannot be read.

        Then it is passed over like its body, and a query that calls it is told that it is unknown.
        """
        index = self.index
        try:
            return self._function_head(start)
        except SqlError:
            self.index, self.token = index, self.tokens[index]
            return None

    def drop_function(self, start: int) -> DropFunction:
        self.expect("FUNCTION")
        self.accept_words("IF", "EXISTS")
        schema, name = self.qualified_name("the name of a function")
        return DropFunction(start, self.previous_end, name, schema)

    def _function_head(self, start: int) -> CreateFunction:
        self.accept("AGGREGATE")
        self.expect("FUNCTION")
        self.accept_words("IF", "NOT", "EXISTS")
        schema, name = self.qualified_name("the name of a function")
        parameters = self._parameters() if self.token.word == "(" else None
        self.expect("RETURNS")
        returns = self.data_type() if parameters is not None else self._loadable_type()
        self.index = len(self.tokens) - 1
        self.token = self.tokens[self.index]
        self.previous_end = self.token.end
        return CreateFunction(start, self.previous_end, name, returns, schema, parameters)

    def _parameters(self) -> tuple[DataType, ...]:
        self.expect("(")
        found: list[DataType] = []
        while not self.accept(")"):
            if found:
                self.expect(",")
            self.accept("IN")
            self.name("the name of a parameter")
            found.append(self.data_type())
        return tuple(found)

    def _loadable_type(self) -> DataType:
        token = self.token
        if token.kind == lexer.END or token.word not in _LOADABLE:
            self.unexpected("STRING, INTEGER, REAL or DECIMAL")
        self.advance()
        args = (65535,) if token.word == "STRING" else ()
        return DataType(token.start, token.end, _LOADABLE[token.word], args)
