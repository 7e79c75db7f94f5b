"""Runs three MySQL servers in containers as one group: MySQL Group Replication with a single primary.

Each server is on two networks: the default one, where its port is published to this machine, and one of the group's
own. So a test can cut a server off from the group while clients still reach it.
"""

import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pymysql

from tools.stack import containers
from tools.stack.accounts import MysqlLogin, wait_for_mysql
from tools.stack.containers import docker
from tools.stack.errors import Unusable
from tools.stack.ports import free_port

Found = TypeVar("Found")

HOSTS = ("member1", "member2", "member3")
_GROUP_PORT = 33_061
_START_SECONDS = 180
_JOIN_SECONDS = 90
_RECOVERY_USER = "group_recovery"
_POLL_SECONDS = 0.1
_OUTSIDE = frozenset({"OFFLINE", "ERROR"})  # the states of a server that is in no group
_ONLINE = "SET GLOBAL offline_mode = OFF"  # a member that could not join again is left in it

_OPTIONS = (
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--skip-name-resolve",
    "--local-infile=0",
    "--loose-mysqlx=OFF",
    "--max-connections=300",
    "--innodb-buffer-pool-size=64M",
    "--gtid-mode=ON",
    "--enforce-gtid-consistency=ON",
    "--log-bin=binlog",
    "--plugin-load-add=group_replication.so",
    "--loose-group-replication-start-on-boot=OFF",
    "--loose-group-replication-recovery-get-public-key=ON",
    # A member that does not answer for 5 seconds is suspected; this many seconds later it is expelled.
    "--loose-group-replication-member-expel-timeout=0",
    # A member without a majority ends what it holds up after this many seconds, and leaves.
    "--loose-group-replication-unreachable-majority-timeout=10",
)


@dataclass(frozen=True)
class Member:
    """One server of a group: the name of its container, its name in the group, and root's account on it."""

    container: str
    host: str
    root: MysqlLogin

    def run(self, *statements: str, answer_s: int = 60) -> list[tuple[Any, ...]]:
        """Execute statements as root; the rows of the last one. Raises pymysql's errors."""
        with self.root.connection(answer_s=answer_s) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def state(self) -> str:
        """The state of this member as it sees itself, as ONLINE; "" if the server does not answer."""
        try:
            rows = self.run(
                "SELECT member_state FROM performance_schema.replication_group_members "
                "WHERE member_id = @@server_uuid",
                answer_s=1,
            )
        except pymysql.Error:
            return ""
        return str(rows[0][0]) if rows else "OFFLINE"

    def online(self) -> set[str]:
        """The names of the members that are online, as this one sees them."""
        rows = self.run(
            "SELECT member_host FROM performance_schema.replication_group_members WHERE member_state = 'ONLINE'"
        )
        return {str(host) for (host,) in rows}

    def is_primary(self) -> bool:
        """True if this member takes writes and says that it is the primary."""
        try:
            rows = self.run(
                "SELECT 1 FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid "
                "AND member_state = 'ONLINE' AND member_role = 'PRIMARY' AND NOT @@global.super_read_only "
                "AND (SELECT SUM(member_state <> 'UNREACHABLE') * 2 > COUNT(*) "
                "FROM performance_schema.replication_group_members)",
                answer_s=1,
            )
        except pymysql.Error:
            return False
        return bool(rows)


@dataclass(frozen=True)
class MysqlGroup:
    """The servers of one group. `network` is the group's own."""

    network: str
    members: Sequence[Member]

    def url(self, database: str, user: str = "root", password: str | None = None) -> str:
        """The URL that names all servers, as DATABASE_URL has it."""
        first = self.members[0].root
        login = MysqlLogin("HOSTS", 0, user, first.password if password is None else password)
        places = ",".join(f"{member.root.host}:{member.root.port}" for member in self.members)
        return login.url(database).replace("HOSTS:0", places)

    def primary(self, seconds: float = _JOIN_SECONDS, *, other_than: Member | None = None) -> Member:
        """The server that takes writes; waits for one. Raises Unusable after `seconds`."""

        def found() -> Member | None:
            return next((each for each in self.members if each is not other_than and each.is_primary()), None)

        return _eventually(found, seconds, f"no server of the group {self.network} takes writes")

    def form(self, *, in_containers: bool = True) -> None:
        """Make a group of the servers, or complete it. Raises Unusable, for containers as soon as one has ended."""
        for member in self.members:
            _await(member, in_container=in_containers)
            _prepare(member)
        _eventually(self._begun, _JOIN_SECONDS, f"the group {self.network} has no majority, and does not end")
        for member in self.members:
            self.join(member)
        _eventually(self._agree, _JOIN_SECONDS, f"the servers of the group {self.network} do not agree")

    def _begun(self) -> bool | None:
        """Return True if the group has a primary; bootstrap it if no server is in it any more.

        A server that has lost its majority leaves the group after some seconds.
        """
        if any(member.is_primary() for member in self.members):
            return True
        if not all(member.state() in _OUTSIDE for member in self.members):
            return None
        for member in self.members:
            member.run("STOP GROUP_REPLICATION", _ONLINE)
        _most_advanced(self.members).run(
            "SET GLOBAL group_replication_bootstrap_group = ON",
            "START GROUP_REPLICATION",
            "SET GLOBAL group_replication_bootstrap_group = OFF",
        )
        return True

    def _agree(self) -> bool | None:
        """Return True if each server sees all of them online."""
        return all(len(member.online()) == len(HOSTS) for member in self.members) or None

    def join(self, member: Member) -> None:
        """Let a server join, unless it is a member, and wait until it is. Raises Unusable."""
        refusal = ""

        def joined() -> bool | None:
            nonlocal refusal
            if member.state() in _OUTSIDE:
                try:
                    member.run("STOP GROUP_REPLICATION", _ONLINE, "START GROUP_REPLICATION")
                except pymysql.Error as error:  # it may be joining again already: the next look finds out
                    refusal = f" ({error.args[-1]})"
            # A server that was cut off may not know that it was expelled: the primary does.
            return member.host in self.primary().online() or None

        try:
            _eventually(joined, _JOIN_SECONDS, f"{member.container} does not join its group")
        except Unusable as late:
            hint = f"read `docker logs {member.container}`; `just reset` removes the group with its data"
            raise Unusable(f"{late.message}{refusal}", hint) from None

    def cut_off(self, member: Member) -> None:
        """Cut a server off from the others; clients still reach it."""
        docker("network", "disconnect", self.network, member.container)

    def reconnect(self, member: Member) -> None:
        """End what `cut_off` did. `form` completes the group."""
        docker("network", "connect", "--alias", member.host, self.network, member.container)

    def freeze(self, member: Member) -> None:
        """Stop the processes of a server, as SIGSTOP does."""
        docker("pause", member.container)

    def thaw(self, member: Member) -> None:
        """End what `freeze` did. `form` completes the group."""
        docker("unpause", member.container)

    def kill(self, member: Member) -> None:
        """Kill a server."""
        docker("kill", "--signal", "KILL", member.container)

    def start(self, member: Member) -> None:
        """Start a server that was killed. `form` completes the group."""
        docker("start", member.container)


def create_group(
    name: str, at_end: Callable[..., object], labels: Sequence[str], options: Sequence[str]
) -> MysqlGroup:
    """Create and start the containers of a new group, whose names begin with `name`. `form` it next.

    `at_end` is called with each function that removes a part, and its arguments, before the part is created.
    """
    containers.require_image(containers.MYSQL_IMAGE)
    password, group_id = secrets.token_hex(16), str(uuid.uuid4())
    marks = [word for label in labels for word in ("--label", label)]
    at_end(docker, "network", "rm", name, missing_is_fine=True)
    docker("network", "create", *marks, name)
    members = [
        Member(f"{name}-{host}", host, MysqlLogin("127.0.0.1", free_port(), "root", password))
        for host in HOSTS
    ]
    for member in members:
        at_end(docker, "rm", "--force", "--volumes", member.container, missing_is_fine=True)
        docker(
            "create", "--name", member.container, *marks,
            "--publish", f"127.0.0.1:{member.root.port}:3306", "--env", "MYSQL_ROOT_PASSWORD",
            containers.MYSQL_IMAGE, *member_options(member.host, group_id), *options,
            env={"MYSQL_ROOT_PASSWORD": password},
        )  # fmt: skip
        docker("network", "connect", "--alias", member.host, name, member.container)
        docker("start", member.container)
    return MysqlGroup(name, members)


def member_options(host: str, group_id: str) -> tuple[str, ...]:
    """The options of the server with this name, one of HOSTS, in the group with this UUID."""
    return (
        *_OPTIONS,
        f"--server-id={HOSTS.index(host) + 1}",
        f"--report-host={host}",
        f"--loose-group-replication-group-name={group_id}",
        f"--loose-group-replication-local-address={host}:{_GROUP_PORT}",
        "--loose-group-replication-group-seeds=" + ",".join(f"{each}:{_GROUP_PORT}" for each in HOSTS),
    )


def _await(member: Member, *, in_container: bool) -> None:
    def running() -> bool:
        return (
            not in_container
            or docker("inspect", "--format", "{{.State.Running}}", member.container).strip() == "true"
        )

    wait_for_mysql(member.root, seconds=_START_SECONDS, still_starting=running)


def _prepare(member: Member) -> None:
    """Give a new server the account by which members copy from each other; its own history is deleted before."""
    if member.run(f"SELECT 1 FROM mysql.user WHERE user = '{_RECOVERY_USER}'"):
        return
    password = member.root.password
    member.run(
        "SET SQL_LOG_BIN = 0",
        f"CREATE USER {_RECOVERY_USER}@'%' IDENTIFIED BY '{password}'",
        "GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN, GROUP_REPLICATION_STREAM "
        f"ON *.* TO {_RECOVERY_USER}@'%'",
        "SET SQL_LOG_BIN = 1",
        "RESET BINARY LOGS AND GTIDS",
        f"CHANGE REPLICATION SOURCE TO SOURCE_USER = '{_RECOVERY_USER}', SOURCE_PASSWORD = '{password}' "
        "FOR CHANNEL 'group_replication_recovery'",
    )


def _most_advanced(members: Sequence[Member]) -> Member:
    """The server that has all transactions of the others."""
    histories = {
        member.container: str(member.run("SELECT @@global.gtid_executed")[0][0]) for member in members
    }
    for member in members:
        quoted = ", ".join(
            f"GTID_SUBSET('{history}', @@global.gtid_executed)" for history in histories.values()
        )
        if all(member.run(f"SELECT {quoted}")[0]):
            return member
    raise Unusable("no server of the group has the transactions of all others")


def _eventually(look: Callable[[], Found | None], seconds: float, otherwise: str) -> Found:
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise Unusable(f"{otherwise} within {seconds:g} s")
        time.sleep(_POLL_SECONDS)
    return found
