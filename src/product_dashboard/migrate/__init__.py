"""The schema's migrations: `upgrade` and `downgrade` a database, or ask its `status`.

Run by hand as `python -m product_dashboard.migrate up|down|status` with DATABASE_URL set. The files are
those of yoyo, and its tables record what is applied; what runs them here is stricter than yoyo's command:

- one statement a file, since MySQL commits each DDL statement by itself and cannot take half a file back;
- one run at a time for a database, by a lock that the server drops with the connection that holds it;
- an interrupted run is taken up where it stopped, also between a statement and its record;
- a file that was edited after it was applied is found by its checksum.
"""

from product_dashboard.migrate.files import MIGRATIONS, MigrationError
from product_dashboard.migrate.runner import State, downgrade, status, upgrade

__all__ = ["MIGRATIONS", "MigrationError", "State", "downgrade", "status", "upgrade"]
