"""DDL in PREPARE, in procedures, and several statements before one delimiter."""

import pytest

from tests.sqlgen.written import column_names, schema_findings


def test_all_statements_before_a_delimiter_are_read() -> None:
    schema = "DELIMITER //\nSET @m = '';\nCREATE TABLE a (x INT);\nCREATE TABLE b (y INT);\n//\nDELIMITER ;\n"
    assert column_names(schema, "a") == ["x"]
    assert column_names(schema, "b") == ["y"]


@pytest.mark.parametrize(
    "ddl",
    [
        "PREPARE p FROM 'ALTER TABLE t ADD b INT'; EXECUTE p;",
        "SET @s = 'ALTER TABLE t ADD b INT'; PREPARE p FROM @s; EXECUTE p; DEALLOCATE PREPARE p;",
        "SET @n = 'b'; SET @s = CONCAT('ALTER TABLE t ADD ', @n, ' INT'); PREPARE p FROM @s; EXECUTE p;",
        "EXECUTE IMMEDIATE 'ALTER TABLE t ADD b INT';",
        "CREATE PROCEDURE up() ALTER TABLE t ADD b INT; CALL up();",
        "DELIMITER $$\nCREATE PROCEDURE up() BEGIN SELECT 1; ALTER TABLE t ADD b INT; END$$\nDELIMITER ;\nCALL up();",
    ],
)
def test_a_text_or_body_that_is_known_is_read(ddl: str) -> None:
    schema = f"CREATE TABLE t (a INT);\n{ddl}\n"
    assert schema_findings(schema) == []
    assert column_names(schema, "t") == ["a", "b"]


@pytest.mark.parametrize(
    "ddl",
    [
        "SET @s = (SELECT IF(COUNT(*), 'SELECT 1', 'ALTER TABLE t ADD b INT') FROM x); PREPARE p FROM @s; EXECUTE p;",
        "SELECT 'ALTER' INTO @s; PREPARE p FROM @s; EXECUTE p;",
        "CREATE PROCEDURE up() BEGIN IF 1 THEN ALTER TABLE t ADD b INT; END IF; END; CALL up();",
    ],
)
def test_the_rest_is_warned_of(ddl: str) -> None:
    [found] = schema_findings(f"CREATE TABLE t (a INT);\n{ddl}\n")
    assert found.startswith("warning")
    assert found.endswith("its DDL is ignored")


@pytest.mark.parametrize(
    "statement",
    [
        "PREPARE p FROM 'SELECT 1'; EXECUTE p;",
        "SET @s = IF(@x, 'SELECT 1', 'INSERT INTO t VALUES (1)'); EXECUTE nothing;",
        "CREATE PROCEDURE q() BEGIN IF 1 THEN SELECT 1; END IF; END; CALL q();",
        "CALL unknown();",
    ],
)
def test_what_is_no_ddl_is_passed_over(statement: str) -> None:
    assert schema_findings(f"CREATE TABLE t (a INT);\n{statement}\n") == []


def test_an_error_in_a_text_has_its_place_in_the_file() -> None:
    found = schema_findings("CREATE TABLE t (a INT);\nPREPARE p FROM 'ALTER TABLE t DROP b'; EXECUTE p;\n")
    assert found == ["error: unknown column 'b' in 't'"]


@pytest.mark.parametrize("line", ["--> statement-breakpoint", "--changeset x:1", "-----------"])
def test_a_comment_before_a_statement_needs_no_blank(line: str) -> None:
    assert column_names(f"CREATE TABLE a (x INT);\n{line}\nCREATE TABLE b (y INT);\n", "b") == ["y"]


@pytest.mark.parametrize(
    "schema",
    [
        "SET FOREIGN_KEY_CHECKS = 0; CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES later (id));",
        "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; CREATE TABLE t (a INT REFERENCES p (x));",
        "SET sql_mode = ''; CREATE TABLE t (d DATE NOT NULL DEFAULT '0000-00-00', x TEXT DEFAULT 'x');",
        "CREATE TABLE t (a INT, b INT AUTO_INCREMENT, PRIMARY KEY (a, b)) ENGINE=MyISAM;",
    ],
)
def test_what_a_dump_switches_off_is_not_checked(schema: str) -> None:
    assert schema_findings(schema) == []
