"""Cameras on loopback, over HTTP or RTSP, that can be told to misbehave while somebody watches."""

import random
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
SHORT_BYTES = 60_000
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)
CHANCE = random.Random(5)  # noqa: S311 - damage that is the same in every run


def damaged(data: bytes) -> bytes:
    """Change one byte in a hundred."""
    spoiled = bytearray(data)
    for _ in range(len(data) // 100 + 1):
        spoiled[CHANCE.randrange(len(spoiled))] = CHANCE.randrange(256)
    return bytes(spoiled)


SPOIL: dict[str, Callable[[bytes], bytes]] = {
    "silent": lambda _: b"",
    "corrupt": damaged,
    "garbage": lambda data: CHANCE.randbytes(len(data)),
}
"""What a mood does to what is sent; others send something else, less, or nothing to nobody."""


@dataclass
class Scenes:
    """What cameras may show, ready to be sent: a square, the same smaller, still, and black."""

    folder: Path

    def __post_init__(self) -> None:
        self._make("well", "-i", PLAZA, "-vf", "scale=512:384")
        self._make("smaller", "-i", PLAZA, "-vf", "scale=320:240", "-t", "6")
        self._make("frozen", "-loop", "1", "-framerate", "10", "-i", self._still(), "-t", "40")
        black = "color=black:size=512x384:rate=10,noise=all_strength=6:all_flags=t"
        self._make("dark", "-f", "lavfi", "-i", black, "-t", "6")

    def of(self, mood: str) -> Path:
        """Give what is shown in that mood."""
        file = self.folder / f"{mood}.ts"
        return file if file.exists() else self.folder / "well.ts"

    def _still(self) -> Path:
        still = self.folder / "still.png"
        self._ffmpeg("-i", PLAZA, "-vf", "scale=512:384", "-frames:v", "1", still)
        return still

    def _make(self, name: str, *source: str | Path) -> None:
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-qp", "28", "-g", "10"]
        self._ffmpeg(*source, *coded, "-pix_fmt", "yuv420p", self.folder / f"{name}.ts")

    def _ffmpeg(self, *arguments: str | Path) -> None:
        quiet = ["-nostdin", "-loglevel", "error", "-threads", "1"]
        subprocess.run(["ffmpeg", *quiet, *arguments], check=True)


@dataclass
class Camera:
    """One camera: `mood` is how it behaves from now on, towards whoever watches already, too.

    Moods: `well`; `silent`, `corrupt`, `garbage` in what it sends; `refusing` everybody;
    `truncated`: hangs up in the middle, every time; `frozen`, `dark`, `smaller` in what it shows.
    """

    scenes: Scenes
    scheme: str = "http"
    mood: str = "well"
    port: int = 0
    visits: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://guard:secret@127.0.0.1:{self.port}/live"

    def serve(self, listener: socket.socket) -> None:
        """Let watchers in until it is over."""
        while not self.over.is_set():
            with suppress(TimeoutError):
                visitor, _ = listener.accept()
                self.visits += 1
                Thread(target=self._host, args=(visitor,), daemon=True).start()

    def _host(self, visitor: socket.socket) -> None:
        with visitor, suppress(OSError):
            visitor.settimeout(10)
            if self.mood == "refusing":
                return
            send = _rtsp(visitor) if self.scheme == "rtsp" else _http(visitor)
            sent = 0
            while not self.over.is_set():
                for data in self._pieces(self.scenes.of(self.mood)):
                    spoilt = SPOIL.get(self.mood, bytes)(data)
                    if self.mood == "truncated" and sent > SHORT_BYTES:
                        visitor.sendall(spoilt[: len(spoilt) // 2])
                        return
                    if self.mood == "refusing":
                        return
                    if spoilt:
                        send(spoilt)
                    sent += len(spoilt)

    def _pieces(self, scene: Path) -> Iterator[bytes]:
        """Give a scene again and again at its own speed, until it is not what is to be shown."""
        quiet = ["ffmpeg", "-nostdin", "-loglevel", "quiet"]
        copying = ["-re", "-stream_loop", "-1", "-i", str(scene), "-c", "copy"]
        play = [*quiet, *copying, "-bsf:v", "dump_extra"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", 0))
            sink.settimeout(0.5)
            to = f"127.0.0.1:{sink.getsockname()[1]}"
            form = ["-f", "rtp", f"rtp://{to}?pkt_size=1300"]
            if self.scheme == "http":
                form = ["-f", "mpegts", f"udp://{to}?pkt_size=1316"]
            with subprocess.Popen([*play, *form], stdin=subprocess.DEVNULL) as player:
                try:
                    while not self.over.is_set() and self.scenes.of(self.mood) == scene:
                        with suppress(TimeoutError):
                            yield sink.recv(65536)
                finally:
                    player.kill()


def _http(visitor: socket.socket) -> Callable[[bytes], None]:
    visitor.recv(65536)
    visitor.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")
    return visitor.sendall


def _rtsp(visitor: socket.socket) -> Callable[[bytes], None]:
    """Answer until the watcher wants to see; then packets go between the words, as over TCP."""
    playing = False
    while not playing:
        asked = visitor.recv(65536).decode()
        if not asked:
            raise ConnectionError
        verb = asked.partition(" ")[0]
        count = next(line for line in asked.splitlines() if line.lower().startswith("cseq"))
        head, body = f"RTSP/1.0 200 OK\r\n{count}\r\nSession: 7\r\n", ""
        if verb == "DESCRIBE":
            body = SDP
            head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        if verb == "SETUP":
            head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        visitor.sendall(f"{head}\r\n{body}".encode())
        playing = verb == "PLAY"
    return lambda packet: visitor.sendall(b"$" + struct.pack("!BH", 0, len(packet)) + packet)


@contextmanager
def camera(scenes: Scenes, scheme: str = "http") -> Iterator[Camera]:
    """Put a camera up on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        made = Camera(scenes, scheme, port=listener.getsockname()[1])
        thread = Thread(target=made.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            thread.join()
