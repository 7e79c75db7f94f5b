"""verify: compare every query with a live MySQL or MariaDB.

Makes a scratch database from the migrations, PREPAREs every query in every variant, compares columns and
parameters with what was inferred, runs it on empty tables and on edge rows, and reads its plans.
Everything that it writes is rolled back or dropped.
Exit codes: 0 success; 1 findings; 2 wrong usage, or no server.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.sqlgen.cli.exit_codes import FAILED, OK, USAGE
from tools.sqlgen.diagnostics import Diagnostic, RunError, render
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import load_config
from tools.sqlgen.verify import scratch
from tools.sqlgen.verify.run import Options, Report, verify
from tools.sqlgen.verify.wire import ServerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = _parser().parse_args(arguments)
    url = given.database_url or os.environ.get("DATABASE_URL")
    if not url:
        print("error: no server: give --database-url, or set DATABASE_URL", file=sys.stderr)
        return USAGE
    options = Options(given.migrated, not given.no_explain, given.table_rows, given.most_rows)
    try:
        project = Project.open(load_config(given.config), schema=given.schema)
        files = [project.check(source) for source in project.query_texts(given.queries)]
        early = [*project.schema.diagnostics, *(each for file in files for each in file.diagnostics)]
        texts = {**project.texts, **{file.path: file.text for file in files}}
        report = verify(url, project, files, options)
    except (RunError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except scratch.RefusedSchemaError as error:
        print(render(error.diagnostic, error.text), file=sys.stderr)
        return FAILED
    except ServerError as error:
        print(f"error: the server: {error.args[-1]}", file=sys.stderr)
        return USAGE
    return _print(report, early, texts)


def _print(report: Report, early: Sequence[Diagnostic], texts: dict[str, str]) -> int:
    found = [*early, *report.diagnostics]
    for each in found:
        print(render(each, texts.get(each.path, "")), file=sys.stderr)
    for note in report.notes:
        print(f"note: {note}", file=sys.stderr)
    errors = sum(each.severity == "error" for each in found)
    print(
        f"{report.queries} queries in {report.variants} variants prepared, {report.runs} runs: "
        f"{errors} error{'' if errors == 1 else 's'}"
    )
    return FAILED if errors else OK


def _parser() -> argparse.ArgumentParser:
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m tools.sqlgen verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--database-url", metavar="URL", help="mysql://user:password@host:port/ (default: $DATABASE_URL)"
    )
    parser.add_argument(
        "--config", type=Path, default=Path("pyproject.toml"), help="the file with [tool.sqlgen]"
    )
    parser.add_argument("--schema", type=Path, nargs="+", metavar="PATH", help="schema files and folders")
    parser.add_argument("--queries", type=Path, nargs="+", metavar="PATH", help="query files and folders")
    parser.add_argument(
        "--migrated", action="store_true", help="use the URL's database as it is; its rows and plans count"
    )
    parser.add_argument("--no-explain", action="store_true", help="leave the plans alone")
    parser.add_argument(
        "--table-rows", type=int, default=defaults.table_rows, metavar="N",
        help=f"how large each table looks to the optimizer (default: {defaults.table_rows:,})",
    )  # fmt: skip
    parser.add_argument(
        "--most-rows", type=int, default=defaults.most_rows, metavar="N",
        help=f"plans that read, sort or store more rows need a waiver (default: {defaults.most_rows:,})",
    )  # fmt: skip
    return parser
