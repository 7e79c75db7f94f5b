"""COMMIT and its outcome, as far as the service can know it.

before it is sent                          not committed    the connection was already closed
the server answers OK                      committed
the server answers one of _NOT_COMMITTED   not committed    a deadlock, a server that became read only ...
the server answers another error           unknown          it may come from a step after the commit itself
no answer: connection lost, time over,     unknown          the server may have committed, may do so later, or
request cancelled                                           may roll back when it sees that the connection is closed
"""

from asyncmy.constants.CR import CR_SERVER_GONE_ERROR
from asyncmy.errors import InterfaceError, MySQLError

from product_dashboard.database.driver import MySQLConnection

# 1205, 1213: a lock. 1223, 1290, 1836: the server is read only. Not 3100 and 3101: a member that leaves its group
# answers so to a transaction that the other members may have received.
# The driver raises CR_SERVER_GONE_ERROR only for a connection to which it could not write.
_NOT_COMMITTED = frozenset({1205, 1213, 1223, 1290, 1836, CR_SERVER_GONE_ERROR})


class Commit:
    """The COMMIT of one transaction. `unknown` is True from its sending until its outcome is known."""

    def __init__(self) -> None:
        self.unknown = False

    async def run(self, conn: MySQLConnection) -> None:
        """Send COMMIT and wait for its answer. Raises the driver's errors."""
        self.unknown = True
        try:
            await conn.commit()
        except MySQLError as error:
            self.unknown = not _is_not_committed(error)
            raise
        self.unknown = False


def _is_not_committed(error: MySQLError) -> bool:
    # The driver raises InterfaceError for a connection that it has closed itself.
    return isinstance(error, InterfaceError) or bool(error.args and error.args[0] in _NOT_COMMITTED)
