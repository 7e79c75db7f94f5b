"""The rows that the seeder writes: pure functions of the sizes, the seed, and the moment of the last order.

Each row depends only on its index, so that a run can stop at any batch and continue later, and holds only one
batch in memory. Prices and ids are hashes of the index, so that an order needs no query for those of its
products.
"""

import math
import random
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from msgspec import Struct

from generated import seed
from product_dashboard.products.prices import bucket_of
from tools.seed.words import CATEGORIES, FIRST_NAMES, LAST_NAMES, LOOKS, MATERIALS, Category

CATALOGUE_OPENS = datetime(2025, 1, 1, tzinfo=UTC)
CATALOGUE_GROWS_FOR = timedelta(days=180)
SALES_LAST_FOR = timedelta(days=90)
WEEKS = SALES_LAST_FOR / timedelta(days=7)
WEEKLY_SWING = 0.5
"""The busiest days of a week have this share more orders than an average day, the quietest this share fewer."""

MAX_ITEMS = 5
UNDESCRIBED, SOLD_OUT, WITHDRAWN = 0.1, 0.04, 0.03
"""Shares of the products without a description, without stock, and no longer for sale."""


class Stage(StrEnum):
    """The kinds of rows, in the order of writing: rows are written after those that they refer to."""

    CATEGORIES = "categories"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    ORDERS = "orders"


BATCH_ROWS = {Stage.CATEGORIES: 1000, Stage.PRODUCTS: 1000, Stage.CUSTOMERS: 2000, Stage.ORDERS: 1000}


class Sizes(Struct, frozen=True, kw_only=True):
    """The number of rows of each kind, and the seed of the random numbers."""

    seed: int
    categories: int
    products: int
    customers: int
    orders: int

    def of(self, stage: Stage) -> int:
        """The number of rows of a stage."""
        counts = {
            Stage.CATEGORIES: self.categories,
            Stage.PRODUCTS: self.products,
            Stage.CUSTOMERS: self.customers,
            Stage.ORDERS: self.orders,
        }
        return counts[stage]

    @property
    def rows(self) -> int:
        """The number of all rows, except the items of orders."""
        return self.categories + self.products + self.customers + self.orders

    def problem(self) -> str | None:
        """The reason why a run cannot have these sizes; None if it can."""
        if min(self.categories, self.products, self.customers, self.orders) < 0:
            return "sizes cannot be negative"
        if self.products and not self.categories:
            return "products need at least one category: give --categories"
        if self.orders and not (self.products and self.customers):
            return "orders need products and customers: give --products and --customers, or --orders 0"
        return None


class Batch(Struct, frozen=True):
    """Rows `first` to `end` (exclusive) of a stage; `rows_before` is the number of rows of the run before `first`."""

    stage: Stage
    first: int
    end: int
    rows_before: int

    @property
    def rows_after(self) -> int:
        return self.rows_before + self.end - self.first


def next_batch(sizes: Sizes, rows_done: int) -> Batch | None:
    """The batch that follows `rows_done` rows; None if the run is complete.

    >>> next_batch(Sizes(seed=1, categories=50, products=10_000, customers=0, orders=0), 1050)
    Batch(stage=<Stage.PRODUCTS: 'products'>, first=1000, end=2000, rows_before=1050)
    """
    before = 0
    for stage in Stage:
        count = sizes.of(stage)
        if rows_done < before + count:
            first = rows_done - before
            return Batch(stage, first, min(first + BATCH_ROWS[stage], count), rows_done)
        before += count
    return None


class Order(Struct, frozen=True):
    """An order and its items."""

    row: seed.AddOrdersParams
    items: tuple[seed.AddOrderItemsParams, ...]


class Plan:
    """The rows of a run."""

    def __init__(self, sizes: Sizes, *, sales_end: datetime) -> None:
        self.sizes = sizes
        self.sales_open = sales_end - SALES_LAST_FOR
        numbers = (sizes.seed, sizes.categories, sizes.products, sizes.customers, sizes.orders)
        # Runs of other sizes have other ids and email addresses, so that one can be added to another.
        self._salt = blake2b(repr(numbers).encode(), digest_size=16).digest()
        self._tag = self._salt[:3].hex()

    def categories(self, batch: Batch) -> list[seed.AddCategoriesParams]:
        return [self._category(index) for index in range(batch.first, batch.end)]

    def products(self, batch: Batch) -> list[seed.AddProductsParams]:
        return [self._product(index) for index in range(batch.first, batch.end)]

    def customers(self, batch: Batch) -> list[seed.AddCustomersParams]:
        return [self._customer(index) for index in range(batch.first, batch.end)]

    def orders(self, batch: Batch) -> Iterator[Order]:
        for index in range(batch.first, batch.end):
            yield self._order(index)

    def _category(self, index: int) -> seed.AddCategoriesParams:
        known = CATEGORIES[index % len(CATEGORIES)]
        series = index // len(CATEGORIES)
        return seed.AddCategoriesParams(
            id=self._id(Stage.CATEGORIES, index),
            name=f"{known.name} {series + 1}" if series else known.name,
            description=f"From {known.things[0]} to {known.things[-1]}.",
            created_at=self._created_at(Stage.CATEGORIES, index),
        )

    def _product(self, index: int) -> seed.AddProductsParams:
        rng = self._rng(Stage.PRODUCTS, index)
        category_index, category = self._category_of(index)
        look, material, thing = rng.choice(LOOKS), rng.choice(MATERIALS), rng.choice(category.things)
        price = self.price(index)
        return seed.AddProductsParams(
            id=self._id(Stage.PRODUCTS, index),
            category_id=self._id(Stage.CATEGORIES, category_index),
            name=f"{look} {material} {thing} {rng.choice('ABCDEFGHKLMNPRSTVX')}{index}",
            description=None
            if rng.random() < UNDESCRIBED
            else f"{look} {thing} in {material}, for every day.",
            price=price,
            price_bucket=bucket_of(price),
            stock_quantity=0 if rng.random() < SOLD_OUT else rng.randint(1, 250),
            is_active=rng.random() >= WITHDRAWN,
            created_at=self._created_at(Stage.PRODUCTS, index),
        )

    def _customer(self, index: int) -> seed.AddCustomersParams:
        rng = self._rng(Stage.CUSTOMERS, index)
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        mailbox = f"{_ascii(first)}.{_ascii(last)}.{index}.{self._tag}"
        return seed.AddCustomersParams(
            id=self._id(Stage.CUSTOMERS, index),
            name=f"{first} {last}",
            email=f"{mailbox}@example.{rng.choice(('com', 'net', 'org'))}",
            created_at=self._created_at(Stage.CUSTOMERS, index),
        )

    def _order(self, index: int) -> Order:
        rng = self._rng(Stage.ORDERS, index)
        order_id = self._id(Stage.ORDERS, index)
        # A few products and customers have most of the sales, as in real data.
        wanted = rng.randint(1, min(MAX_ITEMS, self.sizes.products))
        chosen: set[int] = set()
        while len(chosen) < wanted:
            chosen.add(int(self.sizes.products * rng.random() ** 2))
        items = tuple(
            seed.AddOrderItemsParams(
                order_id=order_id,
                product_id=self._id(Stage.PRODUCTS, product),
                id=self._id(Stage.ORDERS, index, line=line),
                quantity=rng.choice((1, 1, 1, 2, 2, 3, 4)),
                unit_price=self.price(product),
            )
            for line, product in enumerate(sorted(chosen), 1)
        )
        row = seed.AddOrdersParams(
            id=order_id,
            customer_id=self._id(Stage.CUSTOMERS, int(self.sizes.customers * rng.random() ** 1.5)),
            total_quantity=sum(item.quantity for item in items),
            total_price=sum((item.unit_price * item.quantity for item in items), Decimal()),
            created_at=self._created_at(Stage.ORDERS, index),
        )
        return Order(row, items)

    def price(self, index: int) -> Decimal:
        """The price of a product: more often low than high, and mostly just below a whole number."""
        _, category = self._category_of(index)
        noise = self._hash(Stage.PRODUCTS, index, salt=b"price")
        position = (int.from_bytes(noise[:4], "big") / 2**32) ** 2
        whole = category.low + int(position * (category.high - category.low))
        return Decimal(whole * 100 + (90, 95, 99, 99, 50, 0)[noise[4] % 6]).scaleb(-2)

    def _category_of(self, index: int) -> tuple[int, Category]:
        category = (
            int.from_bytes(self._hash(Stage.PRODUCTS, index, salt=b"category")[:8], "big")
            % self.sizes.categories
        )
        return category, CATEGORIES[category % len(CATEGORIES)]

    def _created_at(self, stage: Stage, index: int) -> datetime:
        if stage is Stage.CATEGORIES:
            return CATALOGUE_OPENS
        count = self.sizes.of(stage)
        if stage is Stage.ORDERS:
            return self.sales_open + SALES_LAST_FOR * _in_weeks((index + 0.5) / count)
        return CATALOGUE_OPENS + CATALOGUE_GROWS_FOR * index / count

    def _id(self, stage: Stage, index: int, *, line: int = 0) -> UUID:
        """A UUIDv7 of the row's time and a hash of its index; those of the lines of an order are ascending."""
        millisecond = int(self._created_at(stage, index).timestamp() * 1000)
        noise = int.from_bytes(self._hash(stage, index)[:8], "big") >> 2
        return UUID(int=millisecond << 80 | 0x7 << 76 | line << 64 | 0b10 << 62 | noise)

    def _rng(self, stage: Stage, index: int) -> random.Random:
        return random.Random(self._hash(stage, index, salt=b"row"))  # noqa: S311 - sample data, not secrets

    def _hash(self, stage: Stage, index: int, *, salt: bytes = b"") -> bytes:
        return blake2b(b"%s %d" % (stage.encode(), index), key=self._salt, salt=salt, digest_size=16).digest()


def _in_weeks(part: float) -> float:
    """Return when, from 0 to 1, this part of all orders is placed: they are closer together in the middle of a week."""
    return _swung(part) / _swung(1)


def _swung(part: float) -> float:
    cycle = 2 * math.pi * WEEKS
    return part + WEEKLY_SWING * math.sin(cycle * part) / cycle


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
