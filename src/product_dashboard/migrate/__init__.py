"""The migrations of the schema: `upgrade` and `downgrade` a database, or read its `status`.

The command is `python -m product_dashboard.migrate up|down|status`, with DATABASE_URL set. The files have yoyo's
format, and yoyo's tables record the applied migrations. The runner is stricter than yoyo's command:

- a file has one statement, because MySQL commits each DDL statement separately and cannot roll back half a file;
- one run at a time for a database, by a lock that the server releases with the connection that holds it;
- a run continues where an interrupted run stopped, also between a statement and its record;
- the checksum of a file shows if it was edited after it was applied.
"""

from product_dashboard.database.schema import MIGRATIONS
from product_dashboard.migrate.files import MigrationError
from product_dashboard.migrate.runner import State, downgrade, status, upgrade

__all__ = ["MIGRATIONS", "MigrationError", "State", "downgrade", "status", "upgrade"]
