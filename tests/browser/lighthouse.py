"""What Lighthouse says of every page: `python -m tests.browser.lighthouse [PAGE ...]`.

Opt-in: it needs node and the npm package named below, which is fetched once into the cache folder.
Each page that opens by its address is looked at once, as whoever sees it first does, at a desk and
on a phone: accessibility and best practices. Prints a line for each, what it finds, and ends with 1
unless all are 100 and nothing is found. Lighthouse opens no page that a form leads to, and no
answer other than 200.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from tests.browser import every_page
from tests.browser.screens import CHROMIUM, QUIET
from tests.browser.served import Quiet
from tests.browser.showcase import Showcase, furnished

PINNED = "12.8.2"
HERE = Path(__file__).parent
NOT_200 = frozenset({"no-such-page", "t-over"})


def main() -> None:
    """Look, and say what was seen."""
    is_well = True
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "district") as (made, at):
        for seen in looked_at(wanted(made, at, set(sys.argv[1:]))):
            scores = seen["scores"]
            is_well &= min(scores.values()) == 100 and not seen["findings"]
            told = "  ".join(f"{category} {score}" for category, score in scores.items())
            lines = [f"{seen['name']:<34} {seen['screen']:<6} {told}"]
            lines += [f"    {finding}" for finding in seen["findings"]]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
    sys.exit(not is_well)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Showcase, str]]:
    """Serve the furnished district on loopback."""
    made = furnished(folder)
    server = make_server("127.0.0.1", 0, made.app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield made, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    made.close()


def wanted(made: Showcase, address: str, names: set[str]) -> list[dict[str, Any]]:
    """Give each page once: its name, address, and the cookies of whoever sees it first."""
    found: dict[str, dict[str, Any]] = {}
    for page in every_page.pages(made):
        if page.form is not None or page.name in found or page.name in NOT_200:
            continue
        if names and page.name not in names:
            continue
        cookies = made.cookies(page.username, "zh_Hans_CN")
        found[page.name] = {"name": page.name, "url": address + page.path, "cookies": cookies}
    return list(found.values())


def looked_at(pages: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give what Lighthouse says of each page, as it comes."""
    asked = {"lighthouse": str(fetched()), "chromium": CHROMIUM, "flags": QUIET, "pages": pages}
    command = ["node", str(HERE / "lighthouse.mjs")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        if running.stdin is None or running.stdout is None:
            raise RuntimeError(command)
        running.stdin.write(json.dumps(asked))
        running.stdin.close()
        yield from map(json.loads, running.stdout)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)


def fetched() -> Path:
    """Give the folder that Lighthouse lies in; npm fills it once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "huxiao" / f"lighthouse-{PINNED}"
    if not (folder / "node_modules" / "lighthouse").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit",
               f"lighthouse@{PINNED}"]  # fmt: skip
        subprocess.run(npm, check=True, stdout=sys.stderr)
    return folder


if __name__ == "__main__":
    main()
