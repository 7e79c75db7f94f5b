"""Recipes: answer a cached GET again without routing and validating it again.

A handler of a cached read answers in three steps: it validates the request, it asks the cache for one or two entries,
and it joins their stored bytes to the answer. The first step depends on the request only, so its result can be kept.
A **recipe** is that result: the entries to read (names, tags, shapes), and the layout that makes the answer of them.
The handlers make recipes by answering: `envelope.Cached` has both, and no rule of routing is written a second time.

    bytes of a request --> known? --yes----------------------------------------> recipe
         | no                                                                     |
    HTTP parser --> target known? --yes----------------------------> recipe --> admission --refused--> the error
                         | no                                                     | admitted
                         |                               one MGET for each turn of the event loop
                         |                                                        |
                  ASGI: log, metrics <------------------ not usable -------- stored bytes
                         |                                                        |
                        admission, unless it has admitted the request        log, metrics
                         |                                                        |
                  Litestar, handler                                          the answer
                         |
                    the answer, and a new recipe

There are two ways to find the recipe of a request, both inside the HTTP protocol (`web.protocol`):

- **By its bytes.** The key is every byte of the request: a GET over HTTP/1.1 without a body, in one piece, on a
  connection that is between two messages. It is not parsed. `direct.may_come_again` names the headers that exclude it.
- **By its target**, path and query as they were sent, when its headers have been parsed. So requests are answered that
  differ in X-Request-Id, traceparent or If-None-Match each time, and HEAD, and pipelined requests.

What keeps them right:

- **Nothing stale.** A recipe has no value of a resource in it. Each answer reads its entries from Redis, after its
  request has arrived, under the rules of every hit: Redis is believed, and shape and nonces fit (`cache.stored`).
- **The ordinary way is always open.** If an entry cannot be used, and whenever something unusual happens (more bytes
  arrive before the answer, the server is stopping, the client reads slowly), the request continues to the parser and to
  Litestar as if there were no recipes. Its deadline and its duration still count from its arrival.
- **The same rules.** Admission control decides about each request once, when it arrives and before Redis is asked: a
  key that was revoked is refused. Its log line, its metrics and its request id come from the same code.
  `http_requests_without_routing_total` counts these answers.
- **Bounded.** Both places keep the 4,096 keys that were used last, of at most 2 KB each. Requests that were refused are
  not kept. (An API key that a client sent is part of these bytes: it is in the memory of the process for so long.)

`RECIPES=false` turns both off. The answers are the same, and cost more CPU time.

    protocol          one connection: which requests are answered by recipes, and when they go the ordinary way
    direct            answers as bytes; the requests that are known by their bytes
    recipe, store     a recipe, and its answers from stored bytes; all recipes of a process, and reading their entries
    proxies, recent   the client behind a trusted proxy; a bounded mapping
"""
