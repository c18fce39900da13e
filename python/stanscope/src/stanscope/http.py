"""Requests to a Stanscope server."""

import json
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class StanscopeError(Exception):
    """What the server refused, and why. `code` is the API's (`notFound`, `conflict`, `busy`), `field` the part of the request at fault."""

    def __init__(self, message, code=None, field=None):
        super().__init__(message)
        self.code = code
        self.field = field


class Http:
    """Sends requests to one server. `token` is the server's access token, where it has one."""

    def __init__(self, url, token=None, timeout=600):
        self.url = url.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout = timeout

    def get(self, path, **query):
        """The JSON of a route. Arguments that are None are left out."""
        return json.loads(self.get_bytes(path, **query))

    def get_bytes(self, path, **query):
        given = {name: value for name, value in query.items() if value is not None}
        return self._send(Request(f"{self.url}{path}" + (f"?{urlencode(given)}" if given else "")))

    def post(self, path, body):
        return json.loads(self.post_bytes(path, body))

    def post_bytes(self, path, body):
        data = json.dumps(body).encode()
        return self._send(Request(f"{self.url}{path}", data=data, headers={"Content-Type": "application/json"}, method="POST"))

    def _send(self, request):
        for name, value in self._headers.items():
            request.add_header(name, value)
        try:
            with urlopen(request, timeout=self._timeout) as answer:
                return answer.read()
        except HTTPError as error:
            raise _refusal(error) from None
        except URLError as error:
            raise StanscopeError(f"No Stanscope answers at {self.url}: {error.reason}. Start it with npm start.") from None


def part(text):
    """Text as one part of a path."""
    return quote(str(text), safe="")


def _refusal(error):
    text = error.read().decode(errors="replace")
    try:
        told = json.loads(text)["error"]
        return StanscopeError(told["message"], told.get("code"), told.get("field"))
    except (ValueError, KeyError, TypeError):
        return StanscopeError(f"{error.url} answers {error.code}: {text[:300]}")
