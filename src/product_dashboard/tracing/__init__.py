"""Traces by OpenTelemetry: where the time of a request goes, across services.

They are on if OTEL_EXPORTER_OTLP_ENDPOINT names a collector. `parts.traced` then gives the application subclasses of
its parts, which begin and end spans around the methods of the plain ones. Without a collector this package is not
imported, its packages (the extra `otel`) need not be installed, and the plain parts know nothing of it.

    GET /api/v1/products/{product_id}       requests   parent and sampling by W3C traceparent, `traceresponse` back
    └── cache product                       cache      cache.result: hit, miss, bypass
        ├── MGET                            cache      each command of Redis that this request waits for
        └── cache wait                      cache      a load of this request, or of another one
            ├── EVALSHA lease               cache
            └── load product                cache
                ├── connection              database   the wait for one of the pool
                └── products.get_product    database   a query by its name in sql/, never its values
    POST /api/v1/orders
    └── transaction                         database
        ├── orders.lock_products; ...       database   statements that are sent together are one span
        ├── EVALSHA begin                   cache
        └── COMMIT                          database

Answers of recipes (`recipes`), which the framework does not see, have the span of the request with cache.result.
Work outside of a request, as the expiry of stored answers, has no spans. An error in a span is the type of the
exception, and not its message, which may contain values.
"""
