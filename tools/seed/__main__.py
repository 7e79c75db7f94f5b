"""Fill the database with sample data.

Orders are spread over the 90 days before a run is started for the first time; apart from their times and ids, the
same sizes and seed give the same rows. A run that was interrupted continues where it stopped, and one that
is complete does nothing. Other data is never changed: a database that has any is refused, unless --append adds
the sample data to it.
"""

import argparse
import asyncio
import os
import sys
import time
from datetime import UTC, datetime

import msgspec

from product_dashboard.errors import AppError
from product_dashboard.settings import Settings, SettingsError, load_settings
from product_dashboard.startup import StartupError, open_resources
from tools.seed.plan import Sizes
from tools.seed.progress import shown
from tools.seed.run import ForeignDataError, run

OTHER_DATA = 3


def main(argv: list[str] | None = None) -> int:
    """Seed; the exit status: 0 seeded (now or before), 1 failed, 2 wrong usage, 3 other data, 130 interrupted."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    sizes = Sizes(
        seed=arguments.seed,
        categories=arguments.categories,
        products=arguments.products,
        customers=arguments.customers,
        orders=arguments.orders,
    )
    if problem := sizes.problem():
        parser.error(problem)
    try:
        return asyncio.run(_seed(load_settings(os.environ), sizes, append=arguments.append))
    except KeyboardInterrupt:
        print("seed: stopped; the same command continues from here", file=sys.stderr)
        return 130
    except (SettingsError, StartupError) as error:
        print(f"seed: {error}", file=sys.stderr)
    except ForeignDataError as error:
        print(
            f"seed: the database has other data ({error}); nothing was written.\n"
            "hint: --append adds the sample data to it; `just reset` deletes everything",
            file=sys.stderr,
        )
        return OTHER_DATA
    except AppError as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        print(f"seed: {error.message}{cause}; the same command continues from here", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.seed", description=__doc__)
    parser.add_argument("--categories", type=int, default=50, metavar="N")
    parser.add_argument("--products", type=int, default=10_000, metavar="N")
    parser.add_argument("--customers", type=int, default=2_000, metavar="N")
    parser.add_argument("--orders", type=int, default=20_000, metavar="N", help="of 1 to 5 items each")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other numbers give other rows")
    parser.add_argument("--append", action="store_true", help="add to other data")
    return parser


async def _seed(settings: Settings, sizes: Sizes, *, append: bool) -> int:
    database = msgspec.structs.replace(settings.database, pool_size=2, query_timeout_s=60)
    # It computes for long between two looks at its sockets, which must not count as a loss of Redis.
    redis = msgspec.structs.replace(settings.redis, timeout_s=10)
    settings = msgspec.structs.replace(settings, database=database, redis=redis, request_timeout_s=60)
    started = time.perf_counter()
    async with open_resources(settings) as resources:
        with shown(sizes) as on_progress:
            written = await run(
                resources.database,
                resources.cache,
                sizes,
                now=datetime.now(UTC),
                append=append,
                on_progress=on_progress,
            )
    if written:
        print(f"seed: {written:,} rows in {time.perf_counter() - started:.1f} s")
    else:
        print(f"seed: all {sizes.rows:,} rows are there already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
