"""Run as a program: one phrase to one WAV file, by pyttsx3, in a process of its own.

espeak keeps its state in the process and may take it down; pyttsx3 shares one engine among all who
ask, and a dead one silences a living one. A process for each phrase has none of these troubles.
"""

import json
import os
import sys
import threading

import pyttsx3
from pyttsx3.drivers import _espeak

MOST_S = 50.0


def main() -> None:
    """Read what is asked, as JSON, from standard input and write the file that `out` names."""
    asked = json.load(sys.stdin)
    os.nice(asked["niceness"])
    finished = threading.Event()
    engine = pyttsx3.init("espeak")
    for name in ("voice", "rate", "volume"):
        engine.setProperty(name, asked[name])
    engine.runAndWait()  # hands the settings over: they only wait in a queue until now
    _espeak.Synchronize()  # and espeak's own thread takes them before it is given the text
    engine.connect("finished-utterance", lambda **_: finished.set())
    engine.save_to_file(asked["pinyin"], asked["out"])
    engine.runAndWait()  # returns before espeak's own thread has written the file
    if not finished.wait(MOST_S):
        sys.exit("espeak does not finish")
    os._exit(0)  # the file is written; espeak's thread may still be here, its farewell is unsafe


if __name__ == "__main__":
    main()
