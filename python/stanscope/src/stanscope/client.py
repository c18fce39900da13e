"""A running Stanscope."""

import pandas as pd

from .http import Http, StanscopeError
from .run import Run


class Stanscope:
    """A Stanscope server, by its address."""

    def __init__(self, url="http://127.0.0.1:3000", token=None, timeout=600):
        self.http = Http(url, token, timeout)

    def runs(self):
        """All runs, newest first: a row each, by id."""
        rows = self.http.get("/api/runs")["runs"]
        return pd.json_normalize(rows).set_index("id") if rows else pd.DataFrame(columns=["name", "method", "status", "modelName"])

    def run(self, named):
        """A run by its id or its name. Raises StanscopeError where there is none, or where several have the name."""
        rows = self.http.get("/api/runs")["runs"]
        found = [row for row in rows if row["id"] == named] or [row for row in rows if row["name"] == named]
        if len(found) == 1:
            return Run(self.http, found[0]["id"], found[0]["name"])
        if not found:
            raise StanscopeError(f'There is no run "{named}". Stanscope.runs() lists those that are there.', "notFound")
        raise StanscopeError(f'Several runs are named "{named}": use an id ({", ".join(row["id"] for row in found)}).', "invalid")

    def open_sample(self):
        """The finished run that ships with Stanscope, opened where it is not open yet."""
        return self.run(self.http.post("/api/sample", {})["id"])
