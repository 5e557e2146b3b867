"""Sealed and signed: what opens where, and what never does."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contract.gallery import (
    MAX_GALLERY_BYTES,
    MOST_ENTRIES,
    PURPOSE,
    Disposition,
    GalleryEntry,
    GalleryUpdate,
    SealedEntry,
)
from contract.sealing import (
    SealError,
    as_text,
    from_text,
    make_sealing_key,
    seal,
    sealing_key_of,
    unseal,
)
from contract.signing import (
    SignatureError,
    canonical,
    make_signing_key,
    signed,
    signing_key_of,
    verified,
)

SAMPLE = Path(__file__).resolve().parents[2] / "docs/wire/samples/v1/gallery-delta.json"
SAMPLE_KEY = bytes(range(32))
"""The golden sample is signed with this key and sealed to its public half."""

KEY, OTHER = make_sealing_key(), make_sealing_key()
SIGNING, OTHER_SIGNING = make_signing_key(), make_signing_key()
places = st.lists(st.text(max_size=12), max_size=4).map(tuple)
fields = st.dictionaries(
    st.text(max_size=8).filter(lambda name: name != "signature"),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3),
    ),
    max_size=5,
)


@given(st.binary(max_size=2000), places)
def test_what_is_sealed_always_opens_for_its_holder_in_its_place(
    content: bytes, place: tuple[str, ...]
) -> None:
    assert unseal(seal(content, sealing_key_of(KEY), *place), KEY, *place) == content


@given(st.binary(max_size=200), places, places)
def test_it_never_opens_for_another_or_in_another_place(
    content: bytes, place: tuple[str, ...], elsewhere: tuple[str, ...]
) -> None:
    sealed = seal(content, sealing_key_of(KEY), *place)
    with pytest.raises(SealError):
        unseal(sealed, OTHER, *place)
    if elsewhere != place:
        with pytest.raises(SealError):
            unseal(sealed, KEY, *elsewhere)


@given(st.binary(max_size=200), st.data())
def test_it_never_opens_once_touched(content: bytes, data: st.DataObject) -> None:
    sealed = seal(content, sealing_key_of(KEY), "a")
    at = data.draw(st.integers(0, len(sealed) - 1))
    bit = data.draw(st.integers(0, 7))
    touched = sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :]
    for wrong in (touched, sealed[:at]):
        with pytest.raises(SealError):
            unseal(wrong, KEY, "a")


def test_two_letters_of_the_same_words_have_nothing_in_common() -> None:
    first, second = (seal(b"words", sealing_key_of(KEY)) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("key", [b"", b"short", bytes(33), bytes(32)])
def test_a_key_that_is_none_is_refused(key: bytes) -> None:
    with pytest.raises(SealError):
        seal(b"words", key)


@given(fields)
def test_a_signed_message_is_always_given_back_as_it_was(fields: dict[str, object]) -> None:
    payload = signed(fields, SIGNING, "test")
    assert json.loads(verified(payload, signing_key_of(SIGNING), "test")) == fields


@given(fields, fields)
def test_a_changed_message_is_never_believed(
    fields: dict[str, object], others: dict[str, object]
) -> None:
    payload = json.loads(signed(fields, SIGNING, "test"))
    changed = json.dumps(others | {"signature": payload["signature"]}).encode()
    if canonical(others) != canonical(fields):
        with pytest.raises(SignatureError):
            verified(changed, signing_key_of(SIGNING), "test")


def test_another_key_or_another_purpose_is_never_believed() -> None:
    payload = signed({"a": 1}, SIGNING, "test")
    with pytest.raises(SignatureError):
        verified(payload, signing_key_of(OTHER_SIGNING), "test")
    with pytest.raises(SignatureError):
        verified(payload, signing_key_of(SIGNING), "release")


@given(st.binary(max_size=100))
def test_random_bytes_are_never_believed(payload: bytes) -> None:
    with pytest.raises(SignatureError):
        verified(payload, signing_key_of(SIGNING), "test")


def test_a_field_of_a_later_version_is_covered_by_the_signature() -> None:
    payload = json.loads(signed({"a": 1, "mood": "blue"}, SIGNING, "test"))
    payload["mood"] = "red"
    with pytest.raises(SignatureError):
        verified(json.dumps(payload).encode(), signing_key_of(SIGNING), "test")


def test_the_golden_sample_verifies_and_opens() -> None:
    content = verified(SAMPLE.read_bytes(), signing_key_of(SAMPLE_KEY), PURPOSE)
    update = GalleryUpdate.model_validate_json(content)
    (sealed,) = update.entries
    place = ("gallery", update.device_id, str(update.revision), sealed.entry_id)
    opened = unseal(from_text(sealed.sealed), SAMPLE_KEY, *place)
    entry = GalleryEntry.model_validate_json(opened)
    assert (entry.name, entry.class_name, entry.consent[:5]) == (
        "张小明",
        "三年级二班",
        "告知同意书",
    )


def an_entry(**changes: object) -> dict[str, object]:
    return {
        "entry_id": "p1", "kind": "pupil", "purpose": "drowning_risk", "backend": "sface",
        "model_sha256": "0" * 64, "template": as_text(bytes(512)), "key": as_text(bytes(32)),
        "consent": "2026-015", "expires_at": "2027-01-01T00:00:00Z",
    } | changes  # fmt: skip


DISPOSITION = {"disposition_id": "d1", "action": "核实", "approver": "a", "legal_basis": "b"}


@pytest.mark.parametrize(
    "change",
    [
        {"consent": ""},
        {"name": "张小明"},
        {"class_name": "三年级二班"},
        {"expires_at": None},
        {"template": as_text(bytes(511))},
        {"key": "short"},
        {"kind": "watchlist", "purpose": "person_of_concern"},
        {"purpose": "person_of_concern"},
        {"kind": "watchlist", "disposition": DISPOSITION},
        *(
            {
                "kind": "watchlist",
                "purpose": "person_of_concern",
                "disposition": DISPOSITION | {missing: ""},
            }
            for missing in DISPOSITION
        ),
    ],
)
def test_an_entry_without_its_reason_is_refused(change: dict[str, object]) -> None:
    assert GalleryEntry.model_validate(an_entry())
    with pytest.raises(ValidationError):
        GalleryEntry.model_validate(an_entry(**change))


def test_the_longest_update_fits_into_one_message() -> None:
    long = "明" * 200
    entry = GalleryEntry.model_validate(
        an_entry(
            entry_id="明" * 64, kind="watchlist", purpose="person_of_concern", consent=long,
            may_be_named=True, name=long, class_name=long, reading=long,
            disposition=Disposition(
                disposition_id="明" * 64, action=long, approver="明" * 64, legal_basis=long
            ),
        )
    )  # fmt: skip
    letter = seal(entry.model_dump_json().encode(), sealing_key_of(KEY))
    sealed = SealedEntry(
        entry_id=entry.entry_id, kind=entry.kind, purpose=entry.purpose, sealed=as_text(letter)
    )
    update = {
        "v": 1, "device_id": "w" * 63, "revision": 2**40, "follows": 2**40, "is_complete": False,
        "entries": (sealed,) * MOST_ENTRIES, "issued_at": "2027-01-01T00:00:00Z",
    }  # fmt: skip
    fields = GalleryUpdate.model_validate(update).model_dump(mode="json")
    assert len(signed(fields, SIGNING, PURPOSE)) <= MAX_GALLERY_BYTES
