"""The command line: `python -m tools.stack COMMAND`."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import cast, get_args

from tools.stack import service, stores
from tools.stack.errors import StackError
from tools.stack.layout import exclusive
from tools.stack.stores import Preference, Store

_EPILOGUE = """\
MySQL and Redis each come from the first of these that works:
  DATABASE_URL, REDIS_URL   if set, this server is used, and is never stopped or emptied
  containers                if a Docker Engine answers and has the image or can pull it
  local                     mysqld or mariadbd, redis-server or valkey-server of this machine; otherwise a
                            database server from the distribution's packages (apt, without root), and Valkey
                            from its Python package
STACK=containers|local|packages, or --prefer, allows only one of them; `packages` is `local` without the
installed database servers. STACK=cluster starts three MySQL servers in a group, in containers, Redis with
three sentinels, and two processes of the API behind a proxy; later commands stay with it. All state is in
.stack/ of this checkout.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstack: interrupted; the next run continues from here", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.stack", description=__doc__, epilog=_EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    for name, run, text in (
        ("up", _up, "start MySQL and Redis, unless they run"),
        ("serve", _serve, "start the API in the background, on the stores of `up`"),
    ):
        command(name, run, text).add_argument(
            "--prefer", choices=stores.PREFERENCES, help="allow only this way"
        )
    command("port", _port, "fail if another program has the API's port")
    command("stop", _stop, "stop only the API")
    command("down", _down, "stop what was started here: the API, MySQL, Redis; the data stays")
    command("reset", _reset, "stop everything that was started here, and delete the data of MySQL and Redis")
    command("status", _status, "show what runs")
    command("env", _env, 'print the variables for a shell: eval "$(python -m tools.stack env)"')
    logs = command("logs", _logs, "show the end of a log")
    logs.add_argument("what", nargs="?", default="api", choices=("api", *stores.KINDS))
    logs.add_argument("-f", "--follow", action="store_true", help="follow the log")
    execute = command(
        "exec", _exec, "run a command with DATABASE_URL and REDIS_URL set, starting the stores if necessary"
    )
    execute.add_argument(
        "--serving",
        action="store_true",
        help="with the API's database account, which cannot change the schema",
    )
    execute.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    return parser


def _print_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout. A reader that closes it before the end, as `head` does, is no error."""
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        # The interpreter flushes stdout again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(line: str) -> None:
    print(f"stack: {line}", file=sys.stderr, flush=True)


def _preference(options: argparse.Namespace) -> Preference | None:
    wish = getattr(options, "prefer", None) or os.environ.get("STACK") or None
    if wish is not None and wish not in get_args(Preference):
        raise StackError(
            f"STACK={wish!r} is not a way to get the stores", f"one of {', '.join(stores.PREFERENCES)}"
        )
    return cast("Preference | None", wish)


def _stores(options: argparse.Namespace, *, aloud: bool = False) -> list[Store]:
    with exclusive():
        return stores.up(_preference(options), _say if aloud else _silence)


def _silence(line: str) -> None:
    """Report nothing: for commands with an output of their own; an error still has all reasons."""


def _up(options: argparse.Namespace) -> int:
    _stores(options, aloud=True)
    return 0


def _serve(options: argparse.Namespace) -> int:
    found = _stores(options)
    variables = stores.environment(found, serving=True)
    with exclusive():
        where = service.up(variables, _say, behind_proxy=any(store.provider == "cluster" for store in found))
    key = "-H 'Authorization: Bearer KEY' " if os.environ.get("API_KEYS_FILE") else ""
    print(
        f"\n  API          {where.url}/api/v1\n"
        f"  Page         {where.url}/\n"
        f"  Swagger UI   {where.url}/swagger/index.html\n"
        f"  Health       {where.url}/health/ready\n\n"
        f"  Try:         curl -s {key}'{where.url}/api/v1/dashboard/overview?limit=3'\n"
    )
    return 0


def _down(_: argparse.Namespace) -> int:
    with exclusive():
        service.down(_say)
        stores.down(_say)
    return 0


def _port(_: argparse.Namespace) -> int:
    service.require_port(os.environ)
    return 0


def _stop(_: argparse.Namespace) -> int:
    with exclusive():
        service.down(_say)
    return 0


def _reset(_: argparse.Namespace) -> int:
    with exclusive():
        service.down(_say)
        stores.reset(_say)
    return 0


def _status(_: argparse.Namespace) -> int:
    found = stores.running()
    lines = ["\n  ".join([str(store), *stores.members(store)]) for store in found]
    lines += service.rows() or ["API: not running"]
    if len(found) < len(stores.KINDS):
        lines.append("stores: not all running; `just up` starts them")
    _print_lines(lines)
    return 0


def _env(_: argparse.Namespace) -> int:
    found = stores.running()
    if len(found) < len(stores.KINDS):
        raise StackError("the stores are not running", "`just up` or `python -m tools.stack up`")
    _print_lines(f"export {name}={shlex.quote(value)}" for name, value in stores.environment(found).items())
    return 0


def _logs(options: argparse.Namespace) -> int:
    if options.what == "api":
        commands = [service.log_command(follow=options.follow)]
    else:
        stores.require_containers(options.what)
        commands = stores.log_commands(options.what, follow=options.follow)
    if not options.follow:
        return max(subprocess.run(command, check=False).returncode for command in commands)
    return max(each.wait() for each in [subprocess.Popen(command) for command in commands])


def _exec(options: argparse.Namespace) -> int:
    words: list[str] = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not words:
        raise StackError("exec needs a command", "python -m tools.stack exec -- COMMAND ...")
    env = {**os.environ, **stores.environment(_stores(options), serving=options.serving)}
    os.execvpe(words[0], words, env)


if __name__ == "__main__":
    sys.exit(main())
