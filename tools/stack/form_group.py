"""`python -m tools.stack.form_group`: makes a group of the members in docker-compose.cluster.yml, or completes it.

It also creates the accounts of the service. The passwords come from the environment, as that file names them.
"""

import os
import sys

from tools.stack.accounts import (
    SERVING_USER,
    USER,
    MysqlLogin,
    account_statements,
    group_statements,
    serving_statements,
)
from tools.stack.errors import Unusable
from tools.stack.mysql_group import HOSTS, Member, MysqlGroup


def create_accounts(group: MysqlGroup, owner: str, serving: str) -> None:
    """Create the database and the accounts of its owner and of the API, with these passwords. Raises Unusable."""
    group.primary().run(
        *account_statements(owner),
        *serving_statements(serving),
        *group_statements(USER),
        *group_statements(SERVING_USER),
    )


def main() -> int:
    """Form the group; the exit status."""
    root = os.environ["MYSQL_ROOT_PASSWORD"]
    group = MysqlGroup(
        "of compose", [Member(host, host, MysqlLogin(host, 3306, "root", root)) for host in HOSTS]
    )
    try:
        group.form(in_containers=False)
        create_accounts(group, os.environ["MYSQL_PASSWORD"], os.environ["MYSQL_API_PASSWORD"])
    except Unusable as why:
        print(f"stack: {why}", file=sys.stderr)
        return 1
    print(f"stack: all members are online; the primary is {group.primary().host}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
