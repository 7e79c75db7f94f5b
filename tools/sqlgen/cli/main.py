"""python -m tools.sqlgen gen | check | watch | describe | verify

Exit codes: 0 all is right; 1 errors in the input, or generated files that are not up to date; 2 wrong usage.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.diagnostics import Diagnostic, render
from tools.sqlgen.driver.cache import FOLDER, Cache
from tools.sqlgen.driver.formatting import FormatError
from tools.sqlgen.input.config import Config, ConfigError, load_config
from tools.sqlgen.input.sources import SourceError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["verify"]:
        from tools.sqlgen.cli.verify import main as verify  # noqa: PLC0415 - needs a driver, which gen does not

        return verify(given[1:])
    options = _parser().parse_args(given)
    try:
        code: int = options.run(options)
    except (ConfigError, SourceError, FormatError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return OK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.sqlgen", description="SQL files to typed Python.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        type=Path,
        default=Path("pyproject.toml"),
        help="the file with [tool.sqlgen] (pyproject.toml)",
    )
    common.add_argument(
        "--no-cache", action="store_true", help="compile everything anew; leave .sqlgen-cache alone"
    )
    gen = commands.add_parser("gen", parents=[common], help="write the generated package, if all is right")
    gen.set_defaults(run=_gen)
    check = commands.add_parser(
        "check", parents=[common], help="fail where the generated package is not up to date"
    )
    check.add_argument(
        "--against", metavar="REV", help="do the queries of that git revision compile on this schema?"
    )
    check.set_defaults(run=_check)
    watch = commands.add_parser("watch", parents=[common], help="gen, again after each change")
    watch.set_defaults(run=_watch)
    describe = commands.add_parser("describe", help="print what is known about every query, as JSON")
    describe.add_argument(
        "--config", type=Path, default=None, help="the file with [tool.sqlgen]; none by default"
    )
    describe.add_argument("--schema", type=Path, nargs="+", metavar="PATH", help="schema files and folders")
    describe.add_argument("--queries", type=Path, nargs="+", metavar="PATH", help="query files and folders")
    describe.set_defaults(run=_describe)
    commands.add_parser("verify", help="hold every query against a live server (see verify --help)")
    return parser


def _gen(options: argparse.Namespace) -> int:
    return _generate(load_config(options.config), cached=not options.no_cache)


def _generate(config: Config, *, cached: bool) -> int:
    from tools.sqlgen.driver.output import Changes  # noqa: PLC0415 - keeps --help and describe light
    from tools.sqlgen.driver.project import Result, compile_project  # noqa: PLC0415

    started = time.perf_counter()
    result: Result = compile_project(config, _cache(config, cached=cached))
    _print(result.diagnostics, result.texts)
    if result.failed:
        print("nothing was written", file=sys.stderr)
        return FAILED
    changes = Changes(config.root / config.out, result.files)
    for line in changes.apply():
        print(line)
    spent = time.perf_counter() - started
    print(f"{result.modules} query files, {result.compiled} compiled anew, in {spent:.2f} s")
    return OK


def _check(options: argparse.Namespace) -> int:
    from tools.sqlgen.driver.output import Changes  # noqa: PLC0415
    from tools.sqlgen.driver.project import compile_project  # noqa: PLC0415

    config = load_config(options.config)
    if options.against:
        return _check_revision(config, options.against)
    result = compile_project(config, _cache(config, cached=not options.no_cache))
    _print(result.diagnostics, result.texts)
    if result.failed:
        return FAILED
    changes = Changes(config.root / config.out, result.files)
    for line in changes.report():
        print(line, file=sys.stderr)
    if changes.any:
        print("hint: run `just gen` and commit the result", file=sys.stderr)
        return FAILED
    print(f"{config.out}/ is up to date")
    return OK


def _check_revision(config: Config, revision: str) -> int:
    from tools.sqlgen.driver.compile import check_file  # noqa: PLC0415
    from tools.sqlgen.driver.revisions import queries_of_revision  # noqa: PLC0415
    from tools.sqlgen.driver.schema import build_schema  # noqa: PLC0415
    from tools.sqlgen.input.sources import read_schema_files  # noqa: PLC0415

    sources = queries_of_revision(revision, config.queries, config.root)
    schema = build_schema(read_schema_files([config.root / path for path in config.schema], config.root))
    files = [check_file(source.path, source.text, schema.catalog) for source in sources]
    found = [*schema.diagnostics, *(each for file in files for each in file.diagnostics)]
    _print(found, {**schema.texts, **{source.path: source.text for source in sources}})
    if any(each.severity == "error" for each in found):
        print(f"the queries of {revision} do not compile on this schema", file=sys.stderr)
        return FAILED
    count = sum(len(file.queries) for file in files)
    print(f"all {count} queries of {revision} compile on this schema")
    return OK


def _watch(options: argparse.Namespace) -> int:
    from tools.sqlgen.cli.watch import watch  # noqa: PLC0415

    def run() -> None:
        try:
            _generate(load_config(options.config), cached=not options.no_cache)
        except (ConfigError, SourceError, FormatError) as error:
            print(f"error: {error}", file=sys.stderr)
        except Exception:  # noqa: BLE001 - a fault of the compiler is shown, and the next save tried
            traceback.print_exc()
        sys.stdout.flush()

    config = load_config(options.config)
    watch([options.config, *(config.root / path for path in (*config.schema, *config.queries))], run)
    return OK


def _describe(options: argparse.Namespace) -> int:
    from tools.sqlgen.cli.describe import describe, encode  # noqa: PLC0415
    from tools.sqlgen.driver.schema import build_schema  # noqa: PLC0415
    from tools.sqlgen.input.sources import read_query_texts, read_schema_files  # noqa: PLC0415

    config = Config(Path()) if options.config is None else load_config(options.config)
    if options.config is None and not (options.schema and options.queries):
        config = load_config(Path("pyproject.toml"))
    schema_paths = options.schema or [config.root / path for path in config.schema]
    schema = build_schema(read_schema_files(schema_paths, config.root))
    _print(schema.diagnostics, schema.texts)
    query_paths = options.queries or [config.root / path for path in config.queries]
    texts = read_query_texts(query_paths, config.root, lenient=True)
    sys.stdout.buffer.write(encode(describe(texts, schema.catalog, config)) + b"\n")
    return OK


def _cache(config: Config, *, cached: bool) -> Cache:
    return Cache(config.root / FOLDER if cached else None)


def _print(diagnostics: Sequence[Diagnostic], texts: dict[str, str]) -> None:
    for each in diagnostics:
        print(render(each, texts.get(each.path, "")), file=sys.stderr)
    count = sum(each.severity == "error" for each in diagnostics)
    if count:
        print(f"{count} error{'s' if count > 1 else ''}", file=sys.stderr)
