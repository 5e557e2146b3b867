"""Pinyin from a process of its own: its dictionaries take 55 MB, too much to keep for a watch."""

import json
import select
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import IO

from edge_agent.adapters.voice.script import Script
from edge_agent.ports import SpeakerError

MOST_S = 30.0

_PROGRAM = [sys.executable, "-m", "edge_agent.adapters.voice.read_lines"]


class PinyinProcess:
    """Starts when there is something to read, and stays until `rest`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def pinyin(self, script: Script) -> str:
        """Give a script's pinyin.

        Raises:
            SpeakerError: the process cannot be started, or does not answer.
        """
        with self._lock:
            try:
                return _asked(self._started(), script)
            except (OSError, ValueError) as error:
                self._end()
                msg = f"拼音转换失败 (no pinyin): {type(error).__name__}"
                raise SpeakerError(msg) from error

    def rest(self) -> None:
        """Give its memory back; it starts again when it is needed."""
        with self._lock:
            self._end()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                _PROGRAM,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _asked(process: "subprocess.Popen[bytes]", script: Script) -> str:
    asked, answers = _pipes(process)
    asked.write(json.dumps(asdict(script)).encode() + b"\n")
    if not select.select([answers], [], [], MOST_S)[0]:
        raise TimeoutError
    return str(json.loads(answers.readline()))


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError
    return process.stdin, process.stdout
