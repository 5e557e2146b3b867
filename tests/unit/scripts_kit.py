"""Following a page's scripts as a browser does: each import is asked for where it lies."""

import re
from urllib.parse import urljoin

from flask.testing import FlaskClient

IMPORTED = re.compile(r"""^import [^;]*? from ['"]([^'"]+)['"];""", re.MULTILINE)


def loaded(client: FlaskClient, address: str) -> dict[str, bytes]:
    """Give a script and all that it imports, by address; what cannot be had fails the test."""
    found: dict[str, bytes] = {}
    wanted = [address]
    while wanted:
        where = wanted.pop()
        if where in found:
            continue
        with client.get(where) as answer:
            assert answer.status_code == 200, where
            assert answer.mimetype == "text/javascript", where
            assert answer.headers["Cache-Control"] == "no-cache", where  # asked again each time
            found[where] = answer.data
        wanted += [urljoin(where, one) for one in IMPORTED.findall(found[where].decode())]
    return found
