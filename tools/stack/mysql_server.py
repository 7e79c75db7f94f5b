"""Runs a MySQL or MariaDB server on this machine, with its data, log, port and process record in one folder.

A data folder is initialised under another name and then renamed, so that it is complete or absent.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.stack import process
from tools.stack.accounts import (
    SERVING_USER,
    USER,
    MysqlLogin,
    account_statements,
    administrator_statements,
    serving_statements,
    wait_for_mysql,
)
from tools.stack.errors import Unusable
from tools.stack.layout import kept_secret, private_folder, read_json, write_json, write_private
from tools.stack.mysql_programs import MysqlProgram
from tools.stack.ports import free_port, is_free

_START_SECONDS = 120
_INITIALISE_SECONDS = 300
# The scripts create a root without a password for every host name of this machine; this keeps one of them.
_ONLY_LOCAL_ROOT = """
DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');
DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';
"""
_ATTEMPTS = 3  # another program may take the port between our check and the start of the server


@dataclass(frozen=True)
class MysqlServer:
    """One server. `home` is its folder; `options` are added to its command line."""

    program: MysqlProgram
    home: Path
    options: Sequence[str]
    preferred_port: int | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / self.program.series

    def start(self) -> MysqlLogin:
        """Start the server, unless it runs; its `root` account. Raises Unusable."""
        private_folder(self.home)
        if process.recorded(self.home) is None:
            if not self.data.exists():
                self._initialise()
            self._launch()
        root = self._root(_recorded_port(self.home))
        self._await(root)
        return root

    def service_account(self) -> MysqlLogin:
        """The account of the service's tools, which owns the database."""
        return MysqlLogin("127.0.0.1", _recorded_port(self.home), USER, self._secret(USER))

    def serving_account(self) -> MysqlLogin:
        """The account of the API. It is created here, so that a server of an earlier version has it too."""
        password = self._secret(SERVING_USER)
        port = _recorded_port(self.home)
        self._root(port).run(serving_statements(password))
        return MysqlLogin("127.0.0.1", port, SERVING_USER, password)

    def _root(self, port: int) -> MysqlLogin:
        return MysqlLogin("127.0.0.1", port, "root", self._secret("root"))

    def _secret(self, account: str) -> str:
        return kept_secret(self.home / f"{account}.password")

    def _launch(self) -> None:
        """Start the process on a free port, and on another one if a program takes that port first."""
        for _ in range(_ATTEMPTS):
            port = free_port(_recorded_port(self.home) or self.preferred_port)
            write_json(self.home / "port.json", port)
            process.spawn(self._command(port), home=self.home, env=self._environment())
            try:
                self._await(self._root(port))
            except Unusable:
                if process.recorded(self.home) is None and not is_free(port):
                    continue
                raise
            return
        raise Unusable(f"{self.program}: each free port was taken before the server could listen on it")

    def _command(self, port: int) -> list[str]:
        accounts = (
            self.home / "accounts.sql"
        )  # executed at each start; a command line would show the passwords
        statements = administrator_statements(self._secret("root")) + account_statements(self._secret(USER))
        write_private(accounts, "\n".join(statements) + "\n")
        return [
            *self._base_command(self.data),
            f"--port={port}",
            "--bind-address=127.0.0.1",
            # Relative to the data folder: an absolute path may exceed the 107 bytes of a socket name.
            "--socket=server.sock",
            f"--pid-file={self.home / 'server.pid'}",
            f"--init-file={accounts}",
            *self.options,
        ]

    def _base_command(self, data: Path) -> list[str]:
        # A MariaDB server that starts deletes the temporary tables of all servers with the same tmpdir.
        temporary = private_folder(self.home / "tmp")
        command = [str(self.program.path), "--no-defaults", f"--datadir={data}", f"--tmpdir={temporary}"]
        if os.geteuid() == 0:
            command.append("--user=root")  # servers refuse to run as root without this option
        if self.program.flavour == "mysql":
            # The default is a folder that only an installed package creates; NULL forbids server-side files.
            command.append("--secure-file-priv=NULL")
        if self.program.basedir is not None:
            command += [f"--basedir={self.program.basedir}", f"--lc-messages-dir={self._share()}"]
            if self.program.flavour == "mysql":
                command.append(f"--character-sets-dir={self._share() / 'charsets'}")
        return command

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.program.env}

    def _await(self, root: MysqlLogin) -> None:
        def running() -> bool:
            return process.recorded(self.home) is not None

        try:
            wait_for_mysql(root, seconds=_START_SECONDS, still_starting=running)
        except Unusable as why:
            raise Unusable(f"{self.program}: {why.message}\n{process.last_lines(self.home)}") from why

    def _initialise(self) -> None:
        """Create the data folder, completely or not at all."""
        draft = self.home / f"{self.program.series}.new"
        shutil.rmtree(draft, ignore_errors=True)  # left by an interrupted attempt
        draft.mkdir(mode=0o700)
        command = self._base_command(draft)
        if self.program.flavour == "mysql":
            self._run_to_end([*command, "--initialize-insecure"], "")
        else:
            self._run_to_end([*command, "--bootstrap", "--log-warnings=0"], self._mariadb_system_tables())
        draft.rename(self.data)

    def _run_to_end(self, command: Sequence[str], script: str) -> None:
        ended = subprocess.run(
            command, input=script, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=_INITIALISE_SECONDS, check=False, env=self._environment(), cwd=self.home,
        )  # fmt: skip
        process.log_of(self.home).write_text(ended.stdout, encoding="utf-8")
        if ended.returncode != 0:
            raise Unusable(
                f"{self.program} could not initialise {self.data}:\n{process.last_lines(self.home)}",
            )

    def _share(self) -> Path:
        """The folder of the server's messages, character sets and SQL scripts."""
        prefix = self.program.basedir or self.program.path.resolve().parent.parent
        for name in ("mysql", "mariadb"):
            if (prefix / "share" / name).is_dir():
                return prefix / "share" / name
        # MySQL's own archives and Homebrew's MySQL have them in share itself.
        return prefix / "share"

    def _mariadb_system_tables(self) -> str:
        """The SQL that creates the system tables: that of `mariadb-install-db`, which some packages do not have."""
        share = self._share()
        parts = ["CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"]
        parts += [
            _first_text(share / f"mariadb_{name}.sql", share / f"mysql_{name}.sql")
            for name in ("system_tables", "performance_tables", "system_tables_data")
        ]
        parts.append(_first_text(share / "maria_add_gis_sp_bootstrap.sql"))
        parts.append(_first_text(share / "mariadb_sys_schema.sql", share / "mysql_sys_schema.sql"))
        parts.append(_ONLY_LOCAL_ROOT)
        return "".join(parts)


def _first_text(*candidates: Path) -> str:
    for candidate in candidates:
        if candidate.exists():
            return candidate.read_text(encoding="utf-8")
    raise Unusable(f"there is no {candidates[0]}: the package of the server is not complete")


def _recorded_port(home: Path) -> int:
    return read_json(home / "port.json", int) or 0
