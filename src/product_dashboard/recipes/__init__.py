"""Recipes: answer a cached GET again without routing and validating it again.

A handler of a cached read answers in three steps: it validates the request, it asks the cache for one or two entries,
and it joins their stored bytes to the answer. The first step depends on the request only, so its result can be kept.
A **recipe** is that result: the entries to read (names, tags, shapes), and the layout that makes the answer of them.
The handlers make recipes by answering: `envelope.Cached` has both, and no rule of routing is written a second time.

    request bytes --> remembered? --yes----------------------------------------> recipe       (B)  direct, connection
         | no                                                                      |
    HTTP parser, ASGI, log and figures, gate --> target known? --yes----------> recipe        (A)  front
                                                     | no                          | entries
                                              Litestar, handler            one MGET a turn         store
                                                     |                             |
                                                the answer <--- not usable --- stored bytes --> the same answer
                                                     |
                                                new recipe

A, `front`: an ASGI layer inside the gate and outside of Litestar. The key is the target: path and query as they were
sent. It serves HEAD too, and requests whose headers differ each time (X-Request-Id, traceparent, If-None-Match).

B, `direct` and `connection`: in the HTTP protocol. The key is every byte of a request. It has to be a GET over HTTP/1.1
without a body, in one piece, on a connection that is between two messages; `direct.can_be_remembered` lists the rest.

What keeps them right:

- **Nothing stale.** A recipe has no value of a resource in it. Each answer reads its entries from Redis, after its
  request has arrived, under the rules of every hit: Redis is believed, and shape and nonces fit (`cache.stored`).
- **The ordinary way is always open.** If an entry cannot be used, and whenever something unusual happens (more bytes
  arrive before the answer, the server is stopping, the client reads slowly), the request goes to the parser and to
  Litestar as if there were no recipes. Its deadline and its duration still count from its arrival.
- **The same rules.** Each request passes the gate at the time of its answer: a key that was revoked is refused. Its
  log line, its figures and its request id come from the same code.
- **Bounded.** Both places keep the 4,096 keys that were used last, of at most 2 KB each.

`RECIPES=false` turns both off. The answers are the same, for more CPU time.
"""
