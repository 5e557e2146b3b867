"""A school's station: from three to five looks at somebody to one sealed enrolment."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from contract.enrolment import PLACE, Enrolment
from contract.gallery import Likeness
from contract.sealing import as_text, seal
from edge_agent.adapters import model_store
from edge_agent.core.face_quality import PROBLEMS, TO_ENROL, Problem
from edge_agent.core.faces import Embedding, apart, template_of
from edge_agent.ports import Frame, GalleryError, Image
from edge_agent.wiring.recognising import Studio, open_studio

LEAST, MOST = 3, 5
LEAST_ALIKE = 0.5
"""Photos of one person that are less alike than this are not of one person."""
BETWEEN_S = 0.7
PATIENCE_S = 60.0
POST_WITHIN_S = 30.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class EnrolError(Exception):
    """An enrolment that cannot be made; the text says what to bring or to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at somebody: what it gave, or in words why it gave nothing."""

    name: str
    embedding: Embedding | None
    problems: tuple[Problem, ...] = ()

    @property
    def in_words(self) -> str:
        """Say how good it was."""
        if not self.problems:
            return f"{self.name}: 可用 (good enough)"
        said = "; ".join(f"{zh} ({en})" for zh, en in map(PROBLEMS.__getitem__, self.problems))
        return f"{self.name}: {said}"


def open_station(backend: str) -> Studio:
    """Give the studio with the stricter gate for enrolling.

    Raises:
        ModelError: weights missing or damaged.
    """
    return open_studio(backend, TO_ENROL)


def looked_at(studio: Studio, pictures: Iterable[tuple[str, Image]]) -> Iterator[Look]:
    """Look at pictures one by one; the picture ends with its turn."""
    for name, image in pictures:
        portrait = studio.portray(image, alone=True)
        yield Look(name, portrait.embedding, portrait.problems)


def well_apart(frames: Iterable[Frame]) -> Iterator[tuple[str, Image]]:
    """Give pictures of a camera, far enough apart in time to differ, while patience lasts."""
    begun_at: float | None = None
    next_at = 0.0
    for frame in frames:
        begun_at = frame.at if begun_at is None else begun_at
        if frame.at - begun_at > PATIENCE_S:
            return
        if frame.at >= next_at:
            next_at = frame.at + BETWEEN_S
            yield f"第 {frame.number} 帧 frame", frame.image


def template_from(studio: Studio, looks: Sequence[Look]) -> Embedding:
    """Give the mean of three to five good looks.

    Raises:
        EnrolError: too few good ones, or not of one person.
    """
    good = [look for look in looks if look.embedding is not None][:MOST]
    if len(good) < LEAST:
        msg = (f"需要 {LEAST} 到 {MOST} 张合格照片,现有 {len(good)} 张"
               f" ({LEAST} to {MOST} good photos are needed, there are {len(good)})")  # fmt: skip
        raise EnrolError(msg)
    for one, other in combinations(good, 2):
        if studio.scale.similarity(_apart(one, other)) < LEAST_ALIKE:
            msg = f"不像同一个人 (not one person): {one.name}, {other.name}"
            raise EnrolError(msg)
    return template_of([look.embedding for look in good if look.embedding is not None])


def weights_of(backend: str) -> str:
    """Give the sha256 of the recogniser's weights; zeros where they come with a library."""
    models = model_store.listed()
    return models[backend].sha256 if backend in models else "0" * 64


def new_entry_id() -> str:
    """Give an id that says nothing."""
    return f"e-{token_hex(8)}"


def sealed_enrolment(likeness: Likeness, fields: dict[str, Any], central_key: bytes) -> Enrolment:
    """Give what is sent to central: only central opens the likeness.

    Raises:
        ValueError: a field that is not as it should be (pydantic's `ValidationError`).
    """
    sealed = seal(likeness.model_dump_json().encode(), central_key, PLACE, fields["entry_id"])
    whole = fields | {"may_be_named": likeness.may_be_named, "sealed": as_text(sealed)}
    return Enrolment.model_validate_json(json.dumps(whole))


def enrolment_key(path: Path) -> bytes:
    """Read central's key for enrolments, a PEM file of the device's bundle.

    Raises:
        GalleryError: missing, or no X25519 key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        msg = f"平台登记公钥无法读取 (central's enrolment key cannot be read): {path}: {error}"
        raise GalleryError(msg) from error
    if not isinstance(key, X25519PublicKey):
        msg = f"不是 X25519 公钥 (not an X25519 key): {path}"
        raise GalleryError(msg)
    return key.public_bytes_raw()


def posted(enrolment: Enrolment, url: str, token: str) -> dict[str, Any]:
    """Hand an enrolment to central's API and give its answer.

    Raises:
        EnrolError: not reached, or refused with central's own words.
    """
    where = urlsplit(url)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOOPBACK):
        msg = f"只用 https (https only): {url}"
        raise EnrolError(msg)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(url, enrolment.model_dump_json().encode(), headers)  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=POST_WITHIN_S) as answer:  # noqa: S310 - checked above
            return dict(json.load(answer))
    except HTTPError as error:
        with error:
            msg = f"平台拒绝 (central refuses, {error.code}): {_detail(error.read())}"
        raise EnrolError(msg) from error
    except (URLError, OSError, ValueError) as error:
        msg = f"平台没有应答 (central does not answer): {error}"
        raise EnrolError(msg) from error


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")


def _apart(one: Look, other: Look) -> float:
    assert one.embedding is not None  # noqa: S101 - for the type checker
    assert other.embedding is not None  # noqa: S101
    return apart(one.embedding, other.embedding)
