"""The verify subcommand."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.sqlgen.cli.exit_codes import FAILED, OK, USAGE
from tools.sqlgen.diagnostics import Diagnostic, render
from tools.sqlgen.driver.compile import check_file
from tools.sqlgen.driver.schema import build_schema
from tools.sqlgen.input.config import ConfigError, load_config
from tools.sqlgen.input.sources import SourceError, read_query_texts, read_schema_files
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
        config = load_config(given.config)
        schema_files = read_schema_files(
            given.schema or [config.root / path for path in config.schema], config.root
        )
        sources = read_query_texts(
            given.queries or [config.root / path for path in config.queries], config.root
        )
        schema = build_schema(schema_files)
        files = [check_file(source.path, source.text, schema.catalog) for source in sources]
        early = [*schema.diagnostics, *(each for file in files for each in file.diagnostics)]
        texts = {**schema.texts, **{file.path: file.text for file in files}}
        report = verify(url, schema_files, schema.catalog, files, options)
    except (ConfigError, SourceError, ValueError) as error:
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
