import pytest

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.lexer import comment_spans, pieces, tokenize


def raws(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokenize(text)[:-1]]


def kinds(text: str) -> list[int]:
    return [token.kind for token in tokenize(text)[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT a.b", ["SELECT", "a", ".", "b"]),
        ("1st_col $x naïve 列", ["1st_col", "$x", "naïve", "列"]),
        ("t.1a t.2", ["t", ".", "1a", "t", ".", "2"]),
        ("1.5 .5 1. 1e5 1E-5", ["1.5", ".5", "1.", "1e5", "1E-5"]),
        ("a<=>b<>c!=d", ["a", "<=>", "b", "<>", "c", "!=", "d"]),
        ("a->>'$.x'->b", ["a", "->>", "'$.x'", "->", "b"]),
        ("@x:=:y", ["@x", ":=", ":y"]),
        ("5--3", ["5", "-", "-", "3"]),
        ("5-- 3", ["5"]),
        ("2*/*c*/3", ["2", "*", "3"]),
        ("'it''s' 'a\\'b' \"x\"\"y\" `a``b`", ["'it''s'", "'a\\'b'", '"x""y"', "`a``b`"]),
        ("/*!50001 a */ b /*M! c */ /*!99999 d */ /*!999999\\- e */ /*+ f */ /* g */", ["a", "b", "c"]),
        ("@`a b` @@global.x @'y'", ["@`a b`", "@@global.x", "@'y'"]),
        ("a # b\nc -- d\ne --", ["a", "c", "e"]),
        ("\ufeffSELECT", ["SELECT"]),
    ],
)
def test_text_is_cut_into_tokens_as_the_server_does(text: str, expected: list[str]) -> None:
    assert raws(text) == expected


def test_every_literal_has_its_kind() -> None:
    assert kinds("'a' N'a' 1 1.0 1e0 0x4D x'4D' 0b1 b'1' ? :n @u @@s `q` w +") == [
        lexer.STRING, lexer.STRING, lexer.INT, lexer.DECIMAL, lexer.FLOAT, lexer.HEX, lexer.HEX, lexer.BIT,
        lexer.BIT, lexer.PARAM, lexer.NAMED, lexer.USER_VARIABLE, lexer.SYSTEM_VARIABLE, lexer.QUOTED,
        lexer.WORD, lexer.OPERATOR,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["'abc", '"abc', "`abc", "/* abc", "\x01"])
def test_what_is_no_token_is_an_error_token_and_the_last_one(text: str) -> None:
    tokens = tokenize(f"a {text}")
    assert [token.kind for token in tokens] == [lexer.WORD, lexer.ERROR, lexer.END]
    assert tokens[1].start == 2


def test_a_span_of_a_file_has_offsets_into_the_file() -> None:
    text = "SELECT 1;\nSELECT 2;"
    assert [(token.start, token.end) for token in tokenize(text, 10, 18)] == [(10, 16), (17, 18), (18, 18)]


def test_comments_are_found_but_hints_code_and_strings_are_not() -> None:
    text = "SELECT /*+ h */ '/* s */', /* c */ a -- d\n FROM t /*!50001 x */ # e"
    assert [text[start:end] for start, end in comment_spans(text)] == ["/* c */", "-- d", "# e"]


def test_a_comment_after_a_star_is_found() -> None:
    text = "2*/*c*/3 /*! 2 */*/*d*/1"
    assert [text[start:end] for start, end in comment_spans(text)] == ["/*c*/", "/*d*/"]


def test_a_text_is_divided_into_sql_comments_marks_and_semicolons() -> None:
    text = "SELECT /*+ h */ ';--' -- c\n, a - -1, 2*/* d */3 /*!50000 , `/*` */ ; # e\n/*!99999 f */ 'open"
    assert [(kind, text[start:end].strip()) for kind, start, end in pieces(text)] == [
        ("sql", "SELECT"), ("mark", "/*+ h */"), ("sql", "';--'"), ("comment", "-- c"), ("sql", ", a - -1, 2"),
        ("sql", "*"), ("comment", "/* d */"), ("sql", "3"), ("mark", "/*!50000"), ("sql", ", `/*`"), ("mark", "*/"),
        ("sql", ""), (";", ";"), ("sql", ""), ("comment", "# e"), ("sql", ""), ("comment", "/*!99999 f */"),
        ("sql", ""), ("sql", "'open"),
    ]  # fmt: skip
    assert "".join(text[start:end] for _, start, end in pieces(text)) == text
