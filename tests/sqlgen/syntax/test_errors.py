"""Syntax errors: message, place and hint."""

import pytest

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.parser import parse_query, parse_schema


def failure(text: str) -> SqlError:
    if text.startswith(("CREATE", "ALTER", "DROP", "CRATE")):
        found = next(each for each in parse_schema(text) if isinstance(each, SqlError))
    else:
        with pytest.raises(SqlError) as raised:
            parse_query(text, server="mysql")
        found = raised.value
    return found


@pytest.mark.parametrize(
    ("text", "message", "at", "hint"),
    [
        ("SELECT a FROM t WHERE (a = 1", "expected ')', found the end of the statement", "", None),
        ("CREATE TABLE t (a INT COMMENT", "expected a string, found the end of the statement", "", None),
        ("SELECT a FROM order", "expected a table name, found 'order'", "order", "reserved word"),
        ("SELECT group FROM t", "expected an expression, found 'group'", "group", "backticks"),
        ("SELECT 'abc FROM t", "this string is never closed", "'abc FROM t", None),
        ("SELECT /* abc FROM t", "this comment is never closed", "/* abc FROM t", None),
        ("SELECT a \U0001f600", "unexpected character '\U0001f600'", "\U0001f600", None),
        ("SELECT a FROM t x FULL JOIN u ON 1", "FULL JOIN is not supported by MySQL", "FULL", "LEFT JOIN"),
        ("SELECT a FROM t FULL OUTER JOIN u ON 1", "FULL JOIN is not supported by MySQL", "FULL", "LEFT JOIN"),
        ("SELECT a FROM t LEFT JOIN u", "expected ON or USING, found the end", "", "needs a condition"),
        ("SELECT a FROM t WHERE a IN ?", "expected '(' after IN, found '?'", "?", "sqlc.slice"),
        ("SELECT a FROM t LIMIT 1 + 1", "expected the end of the statement, found '+'", "+", None),
        ("SELECT a FROM t LIMIT @n", "LIMIT takes a number or a parameter", "@n", ":name"),
        ("SELECT a FROM t LIMIT 1 UNION SELECT 2", "cannot stand before UNION", "UNION", "parentheses"),
        ("SELECT a, * FROM t", "expected a column, found '*'", "*", "table.*"),
        ("SELECT SUM(*) FROM t", "expected an argument, found '*'", "*", "only COUNT"),
        ("SELECT RANK() FROM t", "RANK() needs an OVER clause", "RANK", "OVER (ORDER BY"),
        ("SELECT LOWER(a) OVER () FROM t", "'LOWER' is not a window function", "OVER", "aggregate"),
        ("SELECT CAST(a AS INT) FROM t", "CAST cannot make INT", "INT", "SIGNED"),
        ("SELECT CAST(a AS TEXT) FROM t", "CAST cannot make TEXT", "TEXT", "CHAR"),
        ("SELECT DATE_ADD(a, 1) FROM t", "expected INTERVAL, found '1'", "1", "INTERVAL 1 DAY"),
        ("SELECT a IS DISTINCT FROM b FROM t", "found 'DISTINCT'", "DISTINCT", "<=>"),
        ("INSERT INTO t (a) VALUES (1) RETURNING id", "RETURNING is not MySQL", "RETURNING", ":execlastid"),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT is not MySQL", "ON", "ON DUPLICATE KEY"),
        ("SELECT a FROM t WHERE a ILIKE ?", "found 'ILIKE'", "ILIKE", "write LIKE"),
        ("SELECT a::text FROM t", "found ':'", ":", "write CAST"),
        ("SELECT a FROM t WHERE a ~ 'x'", "found '~'", "~", "REGEXP"),
        ("SELECT a FROM t WHERE a !~ 'x'", "found '!'", "!", "NOT REGEXP"),
        ("SELECT TOP 5 a FROM t", "found '5'", "5", "LIMIT"),
        ("SELECT DISTINCT ON (a) a, b FROM t", "found 'ON'", "ON", "ROW_NUMBER"),
        ("SELECT a FROM t OFFSET 5 LIMIT 2", "found '5'", "5", "LIMIT count OFFSET first"),
        ("SELECT a FROM t ORDER BY a NULLS LAST", "found 'NULLS'", "NULLS", "ORDER BY column IS NULL"),
        ("SELECT COUNT(*) FILTER (WHERE a > 1) AS n FROM t", "found '('", "(", "COUNT(IF("),
        ("SELECT NOW() - INTERVAL '1 day' AS a", "found 'AS'", "AS", "INTERVAL 1 DAY"),
        ("SELECT EXTRACT(EPOCH FROM a) FROM t", "found 'EPOCH'", "EPOCH", "UNIX_TIMESTAMP"),
        ("SELECT a FROM [t]", "unexpected character '['", "[", "backticks"),
        ("UPDATE t SET a = u.a FROM u WHERE u.id = t.id", "found 'FROM'", "FROM", "UPDATE a JOIN b"),
        ("SELECT sqlc.argg(a)", "unknown macro 'sqlc.argg'", "sqlc.argg", "did you mean sqlc.arg?"),
        ("SELECT sqlc.xyzzyx(a)", "unknown macro", "sqlc.xyzzyx", "the macros are sqlc.after"),
        ("SELECT sqlc.arg()", "expected the parameter's name, found ')'", ")", None),
        ("SELECT sqlc.arg(a, b)", "expected ')' after the parameter's name, found ','", ",", "no more arguments"),
        ("SELECT sqlc.arg(1)", "expected the parameter's name, found '1'", "1", None),
        ("SELECT sqlc.arg('')", "found an empty string", ")", None),
        ("SELECT 1 + sqlc.embed(t) FROM t", "only be an item of a select list", "sqlc.embed(", None),
        ("SELECT a FROM t WHERE sqlc.order_by()", "only be the one item of an ORDER BY", "sqlc.order_by(", None),
        ("SELECT a FROM t ORDER BY sqlc.order_by(t), a", "the one item", ",", "-- order:"),
        ("SELECT a FROM t WHERE sqlc.optional(a = 1, 2)", "second argument of sqlc.optional", "2", ":name"),
        ("CREATE TABLE t (a INTT)", "unknown data type 'INTT'", "INTT", "did you mean INT"),
        ("CREATE TABLE t (a VARCHAR)", "the length of VARCHAR", ")", "VARCHAR(255)"),
        ("CREATE TABEL t (a INT)", "expected TABLE, VIEW, INDEX or DATABASE, found 'TABEL'", "TABEL", "TABLE"),
        ("CRATE TABLE t (a INT)", "unknown statement 'CRATE'", "CRATE", "did you mean CREATE?"),
        ("CREATE TABLE t (a INT DEFAULT b)", "a default is a constant or an expression in parentheses", "b", None),
        ("ALTER TABLE t FROBNICATE", "expected an action such as ADD", "FROBNICATE", None),
    ],
)  # fmt: skip
def test_an_error_says_what_where_and_what_to_do(text: str, message: str, at: str, hint: str | None) -> None:
    error = failure(text)
    assert message in error.message
    assert text[error.start : error.end] == at
    if hint is None:
        assert error.hint is None
    else:
        assert error.hint is not None
        assert hint in error.hint
