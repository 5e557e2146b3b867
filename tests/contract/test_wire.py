"""What is on the wire, and what the documents say is on it, stay the same thing."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.commissioning import CommissioningReport, signer_of
from contract.doors import DoorEvent
from contract.drawing import Command, Desired, Picture
from contract.gallery import GalleryUpdate
from contract.messages import (
    MAX_ALERT_BYTES,
    Alert,
    Availability,
    Heartbeat,
    Message,
    Receipt,
    Reported,
    Suggestion,
)
from contract.reading import MessageError, Reason, read, read_alert
from contract.topics import Up, parse_up, up

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "wire" / "samples" / "v1"
KINDS: dict[str, type[Message]] = {
    "alert": Alert,
    "availability": Availability,
    "heartbeat": Heartbeat,
    "reported": Reported,
    "receipt": Receipt,
    "suggestion": Suggestion,
    "gallery": GalleryUpdate,
    "commissioning": CommissioningReport,
    "door": DoorEvent,
    "desired": Desired,
    "command": Command,
    "picture": Picture,
}
GOLDEN = sorted(SAMPLES.glob("*.json"))


def kind_of(sample: Path) -> type[Message]:
    return KINDS[sample.stem.split("-")[0]]


def crossing() -> dict[str, object]:
    fields: dict[str, object] = json.loads((SAMPLES / "alert-crossing.json").read_text())
    return fields


def refusal(fields: object, device_id: str = "water-001") -> MessageError:
    payload = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    with pytest.raises(MessageError) as caught:
        read_alert(payload, device_id)
    return caught.value


def kept(before: object, after: object) -> bool:
    """Whether all that was said is still said; a later release may say more."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in after and kept(value, after[key]) for key, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(kept, before, after))
    return before == after


def test_every_kind_of_message_has_a_golden_sample() -> None:
    assert {kind_of(sample) for sample in GOLDEN} == set(KINDS.values())


@pytest.mark.parametrize("sample", GOLDEN, ids=lambda path: path.stem)
def test_nothing_of_a_golden_sample_of_version_1_is_lost_in_reading(sample: Path) -> None:
    message = read(kind_of(sample), sample.read_bytes())
    assert kept(json.loads(sample.read_text()), json.loads(message.model_dump_json()))


@pytest.mark.parametrize("sample", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_sample_keeps_to_its_schema(sample: Path) -> None:
    name = kind_of(sample).__name__.lower()
    schema = json.loads((ROOT / "docs" / "wire" / f"{name}.schema.json").read_text())
    jsonschema.validate(json.loads(sample.read_text()), schema)


@pytest.mark.parametrize("name", ["export-wire", "export-playbooks"])
def test_the_documents_are_those_of_the_code(name: str) -> None:
    script = str(ROOT / "scripts" / name)
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), f"run scripts/{name}"


def test_a_field_of_a_later_version_is_ignored() -> None:
    payload = json.dumps(crossing() | {"mood": "blue"}).encode()
    assert read_alert(payload, "water-001").seq == 42


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.MALFORMED),
        (b"\xff\xfe", Reason.MALFORMED),
        (b"[1, 2]", Reason.MALFORMED),
        (b"[" * 4000, Reason.MALFORMED),
        (b"{" + b" " * MAX_ALERT_BYTES + b"}", Reason.OVERSIZED),
    ],
)
def test_bytes_that_are_no_alert_are_named_as_what_they_are(payload: bytes, reason: Reason) -> None:
    assert refusal(payload).reason is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 2}, Reason.UNKNOWN_VERSION),
        ({"v": "1"}, Reason.UNKNOWN_VERSION),
        ({"v": True}, Reason.UNKNOWN_VERSION),
        ({"seq": 0}, Reason.MALFORMED),
        ({"seq": 2**53}, Reason.MALFORMED),
        ({"dwell_s": float("nan")}, Reason.MALFORMED),
        ({"occurred_at": "2026-07-15T16:30:00+08:00"}, Reason.MALFORMED),
        ({"occurred_at": "2026-07-15T08:30:00"}, Reason.MALFORMED),
        ({"kind": "dragon"}, Reason.MALFORMED),
        ({"device_id": "water-002"}, Reason.WRONG_DEVICE),
        ({"device_id": "../etc"}, Reason.MALFORMED),
    ],
)
def test_a_wrong_field_is_refused_with_its_reason(
    change: dict[str, object], reason: Reason
) -> None:
    assert refusal(crossing() | change).reason is reason


def test_a_refusal_names_the_field_and_keeps_the_seq_for_the_receipt() -> None:
    error = refusal(crossing() | {"people": -1})
    assert "people" in str(error)
    assert error.seq == 42


@given(st.binary(max_size=300))
def test_random_bytes_are_always_refused_and_never_fail_otherwise(payload: bytes) -> None:
    with pytest.raises(MessageError):
        read_alert(payload, "water-001")


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True), st.sampled_from(Up))
def test_a_topic_is_taken_apart_as_it_was_put_together(device_id: str, leaf: Up) -> None:
    parsed = parse_up(up(device_id, leaf, "abc"))
    assert (parsed.device_id, parsed.leaf, parsed.rest) == (device_id, leaf, "abc")


def test_the_sample_of_a_commissioning_is_signed_and_a_changed_word_breaks_it() -> None:
    report = (SAMPLES / "commissioning.json").read_bytes()
    assert signer_of(report) is not None
    assert signer_of(report.replace("合格".encode(), "很好".encode())) is None
    assert signer_of(b'{"signature": 5}') is None
    assert signer_of(b"[" * 100_000) is None
