"""What can go wrong between the cache and Redis. None of these leaves the cache."""


class LinkDown(Exception):
    """Redis cannot be asked now: not connected, timed out, or it answered nonsense."""


class Refused(Exception):
    """Redis answered a command with an error; the message is Redis' own."""


# Answers that say "ask another server, or later": the connection is given up and looked up anew.
UNUSABLE = ("LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "NOREPLICAS")
