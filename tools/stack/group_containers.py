"""The three MySQL servers in a group of this checkout, in containers, for STACK=cluster.

As with one server, `down` removes the containers, and the data stays in their volumes.
"""

import uuid
from collections.abc import Callable

from tools.stack import containers
from tools.stack.accounts import SERVING_USER, USER, MysqlLogin, derived_password
from tools.stack.containers import Container, docker
from tools.stack.form_group import create_accounts
from tools.stack.layout import checkout_id, preferred_port
from tools.stack.mysql_group import HOSTS, Member, MysqlGroup, member_options

NAME = f"product-dashboard-{checkout_id()}-group"
MEMBERS = {
    host: Container(f"{NAME}-{host}", containers.MYSQL_IMAGE, 3306, "/var/lib/mysql") for host in HOSTS
}


def start(say: Callable[[str], None]) -> tuple[str, str]:
    """Start the servers that do not run, and complete the group; the URLs of the owner's and of the API's account.

    Raises Unusable.
    """
    first = MEMBERS[HOSTS[0]]  # only the first volume keeps passwords: the members share their accounts
    root, owner = first.password("root"), first.password(USER)
    serving = derived_password(root, SERVING_USER)
    containers.ensure_network(NAME)
    group = MysqlGroup(NAME, [_member(host, root, say) for host in HOSTS])
    if not all(member.is_primary() or member.state() == "ONLINE" for member in group.members):
        say("MySQL: waiting until all three servers are in the group ...")
    group.form()
    create_accounts(group, owner, serving)
    return group.url("product_dashboard", USER, owner), group.url("product_dashboard", SERVING_USER, serving)


def _member(host: str, root: str, say: Callable[[str], None]) -> Member:
    container = MEMBERS[host]
    if not container.running():
        say(f"MySQL: starting the container {container.name} ...")
    group_id = str(uuid.uuid5(uuid.NAMESPACE_OID, root))
    port = container.start(
        preferred_port(9 + HOSTS.index(host)), {"MYSQL_ROOT_PASSWORD": root}, member_options(host, group_id)
    )
    containers.ensure_connected(container.name, NAME, host)
    return Member(container.name, host, MysqlLogin("127.0.0.1", port, "root", root))


def running() -> bool:
    """True if one of the servers runs. Raises Unusable without an engine."""
    return any(container.running() for container in MEMBERS.values())


def rows() -> list[str]:
    """One line for each server, for people: its container, its address, and its state in the group."""
    root = MEMBERS[HOSTS[0]].password("root")
    return [_row(host, container, root) for host, container in MEMBERS.items()]


def _row(host: str, container: Container, root: str) -> str:
    port = container.published_port()
    if port is None:
        return f"{container.name}: does not run"
    member = Member(container.name, host, MysqlLogin("127.0.0.1", port, "root", root))
    state = "PRIMARY" if member.is_primary() else member.state() or "does not answer"
    return f"{container.name}: 127.0.0.1:{port}, {state}"


def remove_network() -> None:
    """Remove the network of the group, if there is one. Raises Unusable."""
    docker("network", "rm", NAME, missing_is_fine=True)
