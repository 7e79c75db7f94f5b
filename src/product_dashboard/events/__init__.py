"""Server-sent events: `GET /dashboard/events` tells its listeners that something was committed, by any process.

changes      looks four times a second, while there are listeners, which resources have changed
listeners    the listeners of a process: a bounded number, and each with at most one event that waits
stream       the answer with the events of one listener
controller   the route

An event says which resources have changed, and not how: the listener asks again for what it shows, with the ETag
that it has. So events need no order and no history. A listener that was away gets an event for everything when it
comes back. A burst of writes becomes one event in each look.
"""
