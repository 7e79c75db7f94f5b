"""How the database servers are set up, in containers and on this machine alike."""

# What behaves differently from the defaults of one server or the other, so that all behave the same.
_COMMON = (
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--local-infile=0",
    "--loose-mysqlx=OFF",  # MariaDB does not know it: loose_ makes that a remark
)

DEVELOPMENT = (
    *_COMMON,
    "--max-connections=300",
    "--innodb-buffer-pool-size=512M",
    # A commit is on the disk when it is answered, as in production.
    "--innodb-flush-log-at-trx-commit=1",
)

TESTS = (
    *_COMMON,
    "--max-connections=1000",
    "--innodb-buffer-pool-size=256M",
    # The data ends with the session: what a power cut would lose does not matter, and tests are all commits.
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
)
