"""The primary of the servers in a database URL: the verifier creates a database, which only the primary takes."""

from urllib.parse import urlsplit, urlunsplit

from tools.sqlgen.verify.wire import Client, ServerError


def primary_of(url: str) -> str:
    """The URL with one host: the only one, or of several, with commas between, the first that is not read only.

    Raises ServerError, with what each server answers, if there is none.
    """
    parts = urlsplit(url)
    account, at, places = parts.netloc.rpartition("@")
    urls = [urlunsplit(parts._replace(netloc=f"{account}{at}{place}")) for place in places.split(",")]
    if len(urls) == 1:
        return url
    answers = [_why_not(each) for each in urls]
    if "" in answers:
        return urls[answers.index("")]
    told = "; ".join(f"{place}: {why}" for place, why in zip(places.split(","), answers, strict=True))
    raise ServerError(0, f"no server takes writes ({told})")


def _why_not(url: str) -> str:
    """The reason why a server is not the primary; "" if it is."""
    try:
        client = Client(url, database="")
    except ServerError as error:
        return str(error.args[-1])
    try:
        ((read_only,),) = client.query("SELECT @@global.read_only")
    finally:
        client.close()
    return "it is read only" if read_only else ""
