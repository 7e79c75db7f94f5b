# ruff: noqa: E501 - one case a line

from pathlib import Path

import pytest

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.migrations import SchemaFile, in_order, load_schema_files, upward_sections
from tools.sqlgen.syntax.ast import CreateFunction, CreateProcedure, OtherStatement
from tools.sqlgen.syntax.parser import parse_schema
from tools.sqlgen.syntax.splitter import statement_spans


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_sql", ".sql")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(*paths: Path) -> list[str]:
    return [Path(file.path).name for file in load_schema_files(paths)]


def spans(text: str) -> list[str]:
    return [text[start:end] for start, end in statement_spans(text, 0, len(text))]


def test_files_come_in_natural_order_of_their_names(tmp_path: Path) -> None:
    for name in ("10_c.sql", "2_b.sql", "1_a.sql", "notes.txt"):
        (tmp_path / name).write_text("SELECT 1;")
    assert names(tmp_path) == ["1_a.sql", "2_b.sql", "10_c.sql"]


def test_rollbacks_are_left_out_in_every_spelling(tmp_path: Path) -> None:
    for name in ("1.sql", "1.rollback.sql", "2.up.sql", "2.down.sql", "3.undo.sql", "4.DOWN.SQL"):
        (tmp_path / name).write_text("SELECT 1;")
    assert names(tmp_path) == ["1.sql", "2.up.sql"]


def test_flyway_files_come_by_version_and_repeatable_ones_last(tmp_path: Path) -> None:
    for name in ("V10__c.sql", "V2.1__b.sql", "U2.1__b.sql", "R__views.sql", "V2__a.sql", "Users.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    assert names(tmp_path) == ["Users.sql", "V2__a.sql", "V2.1__b.sql", "V10__c.sql", "R__views.sql"]


def test_a_migration_follows_those_it_depends_on(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- depends: c b\nSELECT 1;")
    (tmp_path / "b.sql").write_text("-- depends:c\nSELECT 1;")
    (tmp_path / "c.sql").write_text("-- depends:\nSELECT 1;")
    (tmp_path / "d.sql").write_text("-- depends: nobody\nSELECT 1;")
    assert names(tmp_path) == ["c.sql", "b.sql", "a.sql", "d.sql"]


def test_the_time_is_linear_where_migrations_name_two_others_each(tmp_path: Path) -> None:
    """Two to the power of forty paths lead from the last to the first."""
    for number in range(2, 82):
        (tmp_path / f"{number:02}.sql").write_text(
            f"-- depends: {number // 2 * 2 - 1:02} {number // 2 * 2 - 2:02}\n"
        )
    assert names(tmp_path) == [f"{number:02}.sql" for number in range(2, 82)]


def test_a_long_chain_of_dependencies_needs_no_deep_stack() -> None:
    files = [SchemaFile(f"{number}.sql", f"-- depends: {number + 1}\n", ()) for number in range(5_000)]
    assert in_order(files) == files[::-1]


def test_a_circle_of_dependencies_ends(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- depends: b\n")
    (tmp_path / "b.sql").write_text("-- depends: a\n")
    assert sorted(names(tmp_path)) == ["a.sql", "b.sql"]


def test_folders_below_are_read_and_files_given_by_name_too(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "1.sql").write_text("")
    (tmp_path / "schema.ddl").write_text("")
    assert names(tmp_path / "schema.ddl", tmp_path) == ["schema.ddl", "1.sql"]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_schema_files([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose Up\nA;\n-- +goose Down\nB;\n-- +goose Up\nC;",
        "-- +goose Up\n-- +goose StatementBegin\nA;\n-- +goose StatementEnd\nC;\n-- +goose Down\nB;",
        "-- migrate:up transaction:false\nA;\nC;\n-- migrate:down\nB;",
        "-- +migrate Up\nA;\nC;\n-- +migrate Down\nB;",
        "--+goose Up\nA;\nC;\n--+goose Down\nB;",
        "A;\nC;\n---- create above / drop below ----\nB;",
    ],
)
def test_only_the_upward_sections_count(text: str) -> None:
    found = [text[a:b] for start, end in upward_sections(text) for a, b in statement_spans(text, start, end)]
    assert found == ["A", "C"]


def test_a_file_without_marks_counts_as_a_whole() -> None:
    assert upward_sections("A; B;") == ((0, 5),)


def test_statements_end_at_semicolons_outside_strings_and_comments() -> None:
    text = "A ';' \";\" `;` /* ; */ # ;\n -- ;\n B;;\n ; C -- end"
    assert [each.split()[0] for each in spans(text)] == ["A", "C"]


def test_a_delimiter_line_changes_what_ends_a_statement() -> None:
    text = "A;\nDELIMITER $$\nCREATE TRIGGER t BEGIN x; y; END$$\nB ; b $$\ndelimiter ;\nC;"
    assert spans(text) == ["A", "CREATE TRIGGER t BEGIN x; y; END", "B ", "b ", "C"]


@pytest.mark.parametrize(
    "program",
    [
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = IF(1, 2, 3); END",
        "CREATE DEFINER=`r`@`%` PROCEDURE p() BEGIN IF a THEN b; ELSEIF c THEN d; ELSE IF e THEN f; END IF; END IF; END",
        "CREATE DEFINER = CURRENT_USER() FUNCTION f() RETURNS INT BEGIN RETURN CASE WHEN 1 THEN IF(1, 2, 3) ELSE 4 END; END",
        "CREATE PROCEDURE p() BEGIN DECLARE x INT; l: LOOP SET x = 1; LEAVE l; END LOOP l; REPEAT a; UNTIL b END REPEAT; WHILE c DO d; END WHILE; END",
        "CREATE PROCEDURE p() BEGIN CASE x WHEN 1 THEN a; ELSE BEGIN END; END CASE; SELECT REPEAT('x;', 3); END",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN a; b; END",
        "CREATE OR REPLACE TRIGGER t AFTER DELETE ON a FOR EACH ROW IF OLD.x THEN a; b; END IF",
        "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN a; b; END */",
    ],
)  # fmt: skip
def test_a_stored_program_is_one_statement_without_a_delimiter(program: str) -> None:
    text = f"A;\n{program};\nB;"
    assert spans(text) == ["A", program, "B"]
    (found,) = parse_schema(program)
    kinds = {"FUNCTION": CreateFunction, "PROCEDURE": CreateProcedure}
    assert isinstance(found, next((kind for word, kind in kinds.items() if word in program), OtherStatement))


def test_an_error_in_one_statement_does_not_stop_the_others() -> None:
    text = "CREATE TABLE a (x INT);\nCREATE TABLE b (y;\nCREATE TABLE c (z INT);"
    kinds = [type(each).__name__ for each in parse_schema(text)]
    assert kinds == ["CreateTable", "SqlError", "CreateTable"]
    error = next(each for each in parse_schema(text) if isinstance(each, SqlError))
    assert text[error.start - 3 : error.start] == "b (" or text[error.start] in "y;\n"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1, 'x''y')", "SET NAMES utf8", "LOCK TABLES t WRITE", "GRANT ALL ON *.* TO 'u'@'%'",
        "DEALLOCATE PREPARE s", "CREATE USER u", "DROP TRIGGER t", "ALTER DATABASE d CHARACTER SET utf8",
        "SET @@x = 1", "UPDATE t SET a = 1", "START TRANSACTION", "COMMIT", "DROP EVENT IF EXISTS p",
        "ALTER EVENT e DISABLE", "CREATE SPATIAL REFERENCE SYSTEM 1 NAME 'x'", "FLUSH PRIVILEGES",
    ],
)  # fmt: skip
def test_what_cannot_change_a_type_is_passed_over(statement: str) -> None:
    assert [type(each) for each in parse_schema(statement)] == [OtherStatement]
