"""The downloads of the local GBIF: asked for with an account, made while somebody looks.

Each look moves a download on, from PREPARING over RUNNING to its end, so that no test has to wait.
"""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from services import gbif_queries as queries
from services import gbif_records as synthetic
from services.core import Asked, Response, Service
from services.gbif_records import Group

__all__ = ["PREFIX", "Download", "Downloading", "Ending", "Refused", "as_json", "as_text"]

PREFIX = "/v1/occurrence"
Ending = Literal["SUCCEEDED", "FAILED", "KILLED", "SUSPENDED", "CANCELLED"]


@dataclass
class Download:
    """A download that somebody asked for."""

    key: str
    creator: str
    request: Mapping[str, Any]
    ending: Ending
    rows: int
    body: bytes
    status: str = "PREPARING"
    looks: int = 0


class Refused(Exception):
    """An answer other than the one hoped for."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(value: Any, status: int = 200, **headers: str) -> Response:
    """As GBIF sends it: the content type is bare, and some clients insist on that."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json"} | headers)


def as_text(text: str, status: int) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/plain;charset=utf-8"})


class Downloading(Service):
    """The part of GBIF that makes downloads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        accounts: Mapping[str, str],
        times: int,
        looks: tuple[int, int],
        most_running: int,
    ) -> None:
        super().__init__(clock)
        self.accounts, self.times = dict(accounts), times
        self.looks, self.most_running = looks, most_running
        self.groups: list[Group] = list(synthetic.made_groups())
        self.downloads: dict[str, Download] = {}
        self._endings: list[Ending] = []

    @property
    def account(self) -> tuple[str, str]:
        """Name and password of somebody who may download."""
        return next(iter(self.accounts.items()))

    def end_next(self, *endings: Ending) -> None:
        """Say how the next downloads end."""
        self._endings += endings

    def resume(self, key: str) -> None:
        """Let a suspended download go on to its good end."""
        self.downloads[key] = replace(
            self.downloads[key], ending="SUCCEEDED", status="RUNNING", looks=self.looks[0]
        )

    def download(self, asked: Asked, path: str) -> Response:
        if asked.method == "GET" and path.startswith("describe/"):
            if path != "describe/simpleCsv":
                raise Refused(as_text("", 404))
            return as_json({"fields": list(synthetic.simple_csv())})
        if asked.method == "POST" and path == "request/validate":
            self._content(_body(asked))
            return as_json(_body(asked))
        if asked.method == "POST" and path == "request":
            return self._request(asked)
        if asked.method == "GET" and path.startswith("user/"):
            user = self._user(asked)
            if path != f"user/{user}":
                raise Refused(as_text("", 403))
            mine = [self._described(d) for d in self.downloads.values() if d.creator == user]
            head = {"offset": 0, "limit": 20, "endOfRecords": True, "count": len(mine)}
            return as_json(head | {"results": mine[:20]})
        found = self.downloads.get(path.removeprefix("request/").removesuffix(".zip"))
        if found is None:
            raise Refused(as_text("", 404))
        if asked.method == "DELETE" and path.startswith("request/"):
            if self._user(asked) != found.creator:
                raise Refused(as_text("", 403))
            found.status = found.ending = "CANCELLED"
            return Response(204)
        if path.startswith("request/"):
            if found.status != "SUCCEEDED":
                raise Refused(as_text("", 404))
            return Response(200, found.body, {"Content-Type": "application/octet-stream"})
        self._look(found)
        return as_json(self._described(found))

    def _user(self, asked: Asked) -> str:
        kind, _, secret = asked.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(secret).decode().partition(":")
        except ValueError:
            user = password = ""
        if kind.lower() != "basic" or self.accounts.get(user) != password:
            denied = {"WWW-Authenticate": 'Basic realm="GBIF"'}
            raise Refused(Response(401, b"", denied))
        return user

    def _request(self, asked: Asked) -> Response:
        user, request = self._user(asked), _body(asked)
        if request.get("creator", user) != user:
            raise Refused(as_text(f"{user} may not download as {request['creator']}", 403))
        rows, body = self._content(request)
        running = ("PREPARING", "RUNNING", "SUSPENDED")
        if sum(d.creator == user and d.status in running for d in self.downloads.values()) >= (
            self.most_running
        ):
            text = f"User {user} has too many simultaneous downloads; the limit is "
            why = f"A download limitation is exceeded:\n{text}{self.most_running}.\n"
            raise Refused(as_text(why, 420))
        key = f"{len(self.downloads) + 1:07}-260304111134000"
        ending = self._endings.pop(0) if self._endings else "SUCCEEDED"
        zipped = _zipped(f"{key}.csv", body)
        self.downloads[key] = Download(key, user, request, ending, rows, zipped)
        return Response(201, key.encode(), {"Content-Type": "application/json"})

    def _content(self, request: Mapping[str, Any]) -> tuple[int, str]:
        """Number of rows and text of what is asked for; a bad request ends here."""
        kind = request.get("format")
        try:
            if kind == "SQL_TSV_ZIP":
                lines = queries.table(str(request["sql"]), self.groups, self.times)
            elif kind == "SIMPLE_CSV":
                groups = [g for g in self.groups if queries.holds(g, request["predicate"])]
                columns = [c["name"] for c in synthetic.simple_csv()]
                lines = [columns]
                for record in synthetic.records(groups, self.times, 0, None):
                    # A file names the licence, a search gives its address.
                    row = record | {"license": synthetic.LICENCE_OF[record["license"]]}
                    lines.append([str(row.get(c, "")) for c in columns])
            else:
                raise ValueError(f"Unknown or unsupported format: {kind}")
        except (ValueError, KeyError, TypeError) as reason:
            raise Refused(as_json({"status": "INVALID", "reason": str(reason)}, 400)) from None
        return len(lines) - 1, "".join("\t".join(line) + "\n" for line in lines)

    def _look(self, found: Download) -> None:
        if found.status not in ("PREPARING", "RUNNING"):
            return
        found.looks += 1
        if found.looks > sum(self.looks):
            found.status = found.ending
        elif found.looks > self.looks[0]:
            found.status = "RUNNING"

    def _described(self, found: Download) -> dict[str, Any]:
        done = found.status == "SUCCEEDED"
        return {
            "key": found.key,
            "doi": f"10.15468/dl.{found.key[4:7]}abc",
            "license": "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
            "request": found.request,
            "created": "2026-03-04T11:11:34.000+00:00",
            "modified": "2026-03-04T11:13:34.000+00:00",
            "eraseAfter": "2026-09-04T11:11:34.000+00:00",
            "status": found.status,
            "downloadLink": f"{self.address}{PREFIX}/download/request/{found.key}.zip",
            "size": len(found.body) if done else 0,
            "totalRecords": found.rows if done else 0,
            "numberDatasets": 3 if done else 0,
        }


def _body(asked: Asked) -> dict[str, Any]:
    try:
        return dict(asked.json())
    except (ValueError, TypeError):
        raise Refused(as_json({"reason": "The request is not a JSON object"}, 400)) from None


def _zipped(name: str, text: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return into.getvalue()
