"""Peers: the routes that the benchmark asks for, on other libraries, with the service's tables, Redis and answers.

Each is written as the documentation of its libraries shows it. It caches the reads that the service caches, and
invalidates what an order changes. None of them promises more:
an invalidation that fails, or that comes between a read and its store, leaves an old answer in the cache until its TTL
ends. They have no Idempotency-Key, no ETag and no deadline.
"""

MODULES = {
    "FastAPI + SQLAlchemy + cashews": "tools.bench.http.peers.fastapi_app",
    "Litestar + asyncmy + redis-py": "tools.bench.http.peers.litestar_app",
}
"""The program of each peer, by the name that tables have for it."""
