"""At a school's station: consent first, plain words, and no photo kept anywhere."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract.enrolment import PLACE, Enrolment
from contract.gallery import Likeness
from contract.sealing import from_text, make_sealing_key, sealing_key_of, unseal
from edge_agent.adapters.clock import SystemTime, boot_id
from edge_agent.adapters.gallery_file import Contact
from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.exits import Exit
from edge_agent.commands.faces import faces
from edge_agent.core.faces import apart
from edge_agent.ports import Frame
from edge_agent.wiring.enrolling import BETWEEN_S, PATIENCE_S, well_apart
from edge_agent.wiring.recognising import open_studio
from tests.unit.edge.gallery.gallery_kit import Box, named

MEDIA = Path(__file__).resolve().parents[3] / "media"
KEY = make_sealing_key()
GROUND = ["--purpose", "drowning_risk", "--unit", "school:shiyan", "--authority", "实验小学",
          "--expires", "2027-06-30"]  # fmt: skip
CONSENT = ["--consent", "2026-015", "--guardian-consent"]


class Station:
    """A folder with central's key and photographs, and somebody who types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        pem = X25519PublicKey.from_public_bytes(sealing_key_of(KEY)).public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        (folder / "enrolment.pub").write_bytes(pem)
        self.out = folder / "out.json"

    def photos(self, *lights: float, of: str = "collins.jpg") -> list[str]:
        paths = []
        for light in lights:
            path = self.folder / f"{of}-{light}.png"
            cv2.imwrite(str(path), np.asarray(photo(MEDIA / of) * light, np.uint8))
            paths.append(str(path))
        return paths

    def enrols(self, *words: str) -> Result:
        key = ["--key", str(self.folder / "enrolment.pub"), "--out", str(self.out)]
        return CliRunner().invoke(faces, ["enrol", *words, *key], catch_exceptions=False)

    def opened(self) -> tuple[Enrolment, Likeness]:
        enrolment = Enrolment.model_validate_json(self.out.read_text(encoding="utf-8"))
        content = unseal(from_text(enrolment.sealed), KEY, PLACE, enrolment.entry_id)
        return enrolment, Likeness.model_validate_json(content)


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def test_three_photos_become_one_letter_that_only_central_opens(station: Station) -> None:
    before = set(station.folder.iterdir())
    paths = station.photos(1.0, 0.85, 0.7)
    done = station.enrols(*paths, *GROUND, *CONSENT, "--may-be-named", "--name", "张小明")
    assert done.exit_code == 0, done.output
    assert "照片未保存" in done.output
    enrolment, likeness = station.opened()
    template = np.frombuffer(from_text(likeness.template), "<f4")
    own = open_studio("sface").portray(photo(MEDIA / "collins.jpg")).embedding
    assert own is not None
    assert apart(np.asarray(template, np.float32), own) < 0.3
    assert (likeness.name, enrolment.consent, enrolment.kind) == ("张小明", "2026-015", "pupil")
    assert "张小明" not in station.out.read_text(encoding="utf-8")
    left = {path.name for path in set(station.folder.iterdir()) - before}
    assert left == {Path(path).name for path in paths} | {"out.json"}


@pytest.mark.parametrize(
    "missing", [CONSENT[2:], CONSENT[:2], [*CONSENT[:2], "--birth-year", "2016"]]
)
def test_without_consent_no_photo_is_even_opened(station: Station, missing: list[str]) -> None:
    done = station.enrols("nowhere.jpg", *GROUND, *missing)
    assert done.exit_code == Exit.CHECKS_FAILED
    assert "请带来" in done.output
    assert not station.out.exists()


def test_a_name_without_consent_to_naming_is_refused(station: Station) -> None:
    done = station.enrols("nowhere.jpg", *GROUND, *CONSENT, "--name", "张小明")
    assert done.exit_code == Exit.CHECKS_FAILED
    assert "--may-be-named" in done.output


def test_a_watchlist_entry_says_what_it_needs(station: Station) -> None:
    words = ["person_of_concern" if word == "drowning_risk" else word for word in GROUND]
    done = station.enrols("nowhere.jpg", *words)
    assert done.exit_code == Exit.CHECKS_FAILED
    assert "--legal-basis" in done.output
    given = ["--disposition-id", "d1", "--action", "核实", "--approver", "何军", "--legal-basis",
             "令", "--site", "gate-1"]  # fmt: skip
    done = station.enrols(*station.photos(1.0, 0.9, 0.8), *words, *given)
    assert done.exit_code == 0, done.output
    enrolment, _ = station.opened()
    assert enrolment.disposition is not None
    assert (enrolment.kind, enrolment.disposition.approver) == ("watchlist", "何军")


def test_bad_photos_are_named_with_what_is_wrong_with_them(station: Station) -> None:
    dark = station.photos(0.02)
    done = station.enrols(*station.photos(1.0, 0.9), *dark, *GROUND, *CONSENT)
    assert done.exit_code == Exit.CHECKS_FAILED
    assert "3 到 5 张" in done.output
    assert done.output.count("可用") == 2


def test_photos_of_two_people_are_not_mixed(station: Station) -> None:
    mixed = [*station.photos(1.0, 0.9), *station.photos(1.0, of="hopper.jpg")]
    done = station.enrols(*mixed, *GROUND, *CONSENT)
    assert done.exit_code == Exit.CHECKS_FAILED
    assert "不像同一个人" in done.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--expires", "soon"], Exit.CHECKS_FAILED, "YYYY-MM-DD"),
        (["--entry-id", "a/b"], Exit.USAGE, "entry_id"),
        (["--key", "nowhere.pub"], Exit.CHECKS_FAILED, "nowhere.pub"),
        (["--post", "http://example.com/x"], Exit.CHECKS_FAILED, "--token-file"),
        (["--camera", "nowhere.mp4"], Exit.CHECKS_FAILED, "--camera"),
    ],
)
def test_mistakes_are_said_in_words(
    station: Station, words: list[str], code: Exit, said: str
) -> None:
    base = ["--key", str(station.folder / "enrolment.pub")]
    all_words = ["enrol", *station.photos(1.0, 0.9, 0.8), *GROUND, *CONSENT, *base, *words]
    done = CliRunner().invoke(faces, all_words, catch_exceptions=False)
    assert done.exit_code == code
    assert said in done.output


def test_a_missing_photo_and_a_missing_camera_are_said(station: Station) -> None:
    for words in (["nowhere.jpg"], ["--camera", "nowhere.mp4"]):
        done = station.enrols(*words, *GROUND, *CONSENT)
        assert done.exit_code == Exit.CAMERA, done.output
        assert "nowhere" in done.output


def test_a_camera_gives_looks_that_lie_apart_and_not_for_ever() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    frames = [Frame(100.0 + number / 10, image, number + 1) for number in range(2000)]
    taken = list(well_apart(frames))
    assert len(taken) == pytest.approx(PATIENCE_S / BETWEEN_S, abs=2)


class _Central(BaseHTTPRequestHandler):
    """Central's API as a station meets it: takes the first, refuses the second."""

    bodies: list[bytes] = []  # noqa: RUF012 - one for each test, see the fixture

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append(content)
        is_first = len(self.bodies) == 1
        answer = {"entry_id": "p1"} if is_first else {"detail": "没有同意书"}
        self.send_response(201 if is_first else 409)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def central() -> Iterator[str]:
    _Central.bodies = []
    server = HTTPServer(("127.0.0.1", 0), _Central)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1/enrolments"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_station_hands_it_to_central_and_passes_on_its_words(
    station: Station, central: str
) -> None:
    token = station.folder / "token"
    token.write_text("hx_secret\n")
    words = [*station.photos(1.0, 0.9, 0.8), *GROUND, *CONSENT, "--post", central,
             "--token-file", str(token)]  # fmt: skip
    assert station.enrols(*words, "--json").exit_code == 0
    assert Enrolment.model_validate_json(_Central.bodies[0]).unit_code == "school:shiyan"
    refused = station.enrols(*words)
    assert refused.exit_code == Exit.CHECKS_FAILED
    assert "没有同意书" in refused.output
    assert not station.out.exists()


def test_the_list_shows_no_name_and_forgetting_is_for_good(tmp_path: Path) -> None:
    box = Box(tmp_path)
    config = tmp_path / "device.toml"
    config.write_text(
        'device_id = "water-001"\nprofile = "water"\ndata_dir = "data"\n'
        '[gallery]\nkey_dir = "run"\nmax_silence_days = 300.0\n'
    )

    def typed(*words: str) -> Result:
        arguments = [*words, "--config", str(config)]
        return CliRunner().invoke(faces, arguments, catch_exceptions=False)

    assert "空的" in typed("list").output
    long = named("p1", expires_at="2200-01-01T00:00:00Z")
    box.delivery().take(box.update(1, [long]))
    box.file().note_contact(fresh_contact())
    shown = typed("list", "--json")
    assert json.loads(shown.output)["entry_id"] == "p1"
    assert "张小明" not in shown.output
    assert typed("forget", "p1").exit_code == 0
    assert typed("forget", "p1").exit_code == Exit.CHECKS_FAILED
    assert box.file().entries() == []


def fresh_contact() -> Contact:
    now = SystemTime()
    return Contact(now.now().timestamp(), now.monotonic(), boot_id())
