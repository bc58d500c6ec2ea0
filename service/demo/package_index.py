"""One file from the package index that pip is configured for, found by its SHA-256.

`pip download` would run a release's build code here, so pip is only asked for its settings; the
simple API is read directly, as JSON (PEP 691) or as HTML (PEP 503).
"""

import ast
import hashlib
import html
import http.client
import json
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urldefrag, urljoin, urlsplit

PAUSES = (0.5, 1.0, 2.0)  # seconds before each further try
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
PIP_DEFAULT_INDEX = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


class NotOnIndex(Exception):
    """The file could not be had from the index; the message gives the reason and a remedy."""


def download(package: str, sha256: str, environ: Mapping[str, str]) -> bytes:
    """The file of `package` whose hash is `sha256`, checked.

    Raises: NotOnIndex if no index is known or answers, or it has no such file.
    """
    index = _setting("index-url", environ) or _pip(["-c", PIP_DEFAULT_INDEX], environ)
    if urlsplit(index).scheme not in {"http", "https"}:
        raise NotOnIndex("no HTTP package index is known; set PIP_INDEX_URL")
    opener = _opener(_setting("cert", environ))
    project = re.sub(r"[-_.]+", "-", package).lower()
    page = _read(opener, f"{index.rstrip('/')}/{project}/")
    url = next((url for url, found in _links(*page) if found == sha256), None)
    if url is None:
        raise NotOnIndex("the index has no file with the pinned hash; use one that has")
    content = _read(opener, url)[2]
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotOnIndex("the file has another hash than the pinned one; use another index")
    return content


def _opener(cert: str) -> urllib.request.OpenerDirector:
    try:
        context = ssl.create_default_context(cafile=cert or None)
    except OSError as error:
        raise NotOnIndex(f"{cert} gives no certificates; correct PIP_CERT") from error
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def _read(opener: urllib.request.OpenerDirector, url: str) -> tuple[str, str, bytes]:
    """The final address, the content type and the body; what may pass is tried again."""
    request = urllib.request.Request(url, headers={"Accept": ACCEPT})  # noqa: S310  HTTP, checked
    pauses = iter(PAUSES)
    while True:
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.geturl(), answer.headers.get_content_type(), answer.read()
        except urllib.error.HTTPError as error:
            error.close()
            pause = next(pauses, None) if error.code in PASSING_STATUS else None
            reason = f"HTTP status {error.code}"
        except (OSError, http.client.HTTPException) as error:
            pause = next(pauses, None)
            # no more of the error than this: others may quote a password in the address
            reason = f"{type(error).__name__} {getattr(error, 'reason', '')}".strip()
        if pause is None:
            raise NotOnIndex(f"no answer ({reason}); check the network and PIP_INDEX_URL")
        time.sleep(pause)


def _links(base: str, content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Address and SHA-256 of each file on a project's page."""
    if content_type.endswith("json"):
        for file in json.loads(body)["files"]:
            yield urljoin(base, file["url"]), file["hashes"].get("sha256", "")
        return
    for link in re.findall(r"""href\s*=\s*["']([^"']+)""", body.decode(errors="replace")):
        url, fragment = urldefrag(urljoin(base, html.unescape(link)))
        yield url, fragment.removeprefix("sha256=")


def _setting(name: str, environ: Mapping[str, str]) -> str:
    variable = environ.get(f"PIP_{name.replace('-', '_').upper()}")
    if variable is not None:
        return variable
    # not `config get`: it reads one of pip's files, where `list` gives what all of them come to
    for line in _pip(["-m", "pip", "config", "list"], environ).splitlines():
        key, _, value = line.partition("=")
        if key == f"global.{name}":
            return str(ast.literal_eval(value))
    return ""


def _pip(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """What pip prints, here or (environments made without pip) in the base interpreter."""
    for python in dict.fromkeys([sys.executable, getattr(sys, "_base_executable", sys.executable)]):
        answer = subprocess.run(
            [python, *words], env=dict(environ), capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            return answer.stdout.strip()
    return ""
