"""Exports the counts of the cache to Prometheus.

The cache counts in plain numbers, because a counter of Prometheus costs more than some of the events. The increase of
each is added to a real counter, which works with several workers too: the successor of a dead worker continues it.
"""

from prometheus_client import Counter, Gauge

from product_dashboard.cache import Metrics

_EVENTS = Counter("cache_events_total", "Events of the cache, by what has happened.", ["event"])
_SECONDS = {
    "load_seconds_sum": Counter("cache_load_seconds_total", "Time of the loads from the database."),
    "redis_seconds_sum": Counter("cache_redis_seconds_total", "Time of the requests for leases to Redis."),
}
_NAMES = {"load_seconds_count": "timed_loads", "redis_seconds_count": "lease_requests"}
_BELIEVED = Gauge(
    "cache_believed",
    "1 if answers are taken from Redis; 0 if not, in any worker.",
    multiprocess_mode="livemin",
)


def publish(metrics: Metrics) -> None:
    """Bring the exported metrics up to date with `metrics`."""
    _BELIEVED.set(metrics.believed)
    for name, grown in metrics.increase().items():
        counter = _SECONDS.get(name) or _EVENTS.labels(_NAMES.get(name, name))
        counter.inc(grown)
