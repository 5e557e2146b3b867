"""Run as a program: a script as JSON on each line of standard input, its pinyin as JSON back."""

import json
import sys

from edge_agent.adapters.voice.pinyin import pinyin_of
from edge_agent.adapters.voice.script import Script


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        script = Script(asked["text"], asked["readings"], asked["name"])
        sys.stdout.write(json.dumps(pinyin_of(script)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
