"""Eyes and voice: models, cameras, speech, sound card."""

import io
import queue
import threading
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from edge_agent.adapters import model_store
from edge_agent.adapters.health import CAMERA
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.core.checks import Finding
from edge_agent.ports import ModelError, OutboxError, SourceError, SpeakerError
from edge_agent.wiring.linking import has_outbox, opened_outbox
from edge_agent.wiring.speaking import FILE_SINK, open_library, open_player

# A missing library must be a finding, not the end of the doctor.
# ruff: noqa: PLC0415

FRAME_WITHIN_S = 20.0
FRESH = timedelta(seconds=60)


def check_models() -> Iterator[Finding]:
    """Look whether the weights are there and are the ones that were tested."""
    try:
        checked = [model_store.checked(name) for name in model_store.listed()]
    except (ModelError, OSError) as error:
        yield Finding("models", "fail", str(error), "请运行 (run) scripts/build-models")
        return
    said = ", ".join(f"{model.name} {model.sha256[:12]}" for model in checked)
    yield Finding("models", "ok", said)


def check_cameras(config: EdgeConfig) -> Iterator[Finding]:
    """Look at one picture of each camera; one that is being watched is not disturbed."""
    if not config.cameras:
        advice = "请在配置中添加 [[cameras]] (add one to the config)"
        yield Finding("cameras", "warn", "没有配置摄像头 (none configured)", advice)
    watched = _watched(config)
    for camera in config.cameras:
        name = f"camera.{camera.camera_id}"
        if camera.camera_id in watched:
            yield Finding(name, "ok", f"看守中 (being watched): {watched[camera.camera_id]} fps")
        else:
            yield _one_frame(name, camera)


def _watched(config: EdgeConfig) -> dict[str, float]:
    if not has_outbox(config.data_dir):
        return {}
    try:
        with opened_outbox(config.data_dir) as outbox:
            rows = outbox.health()
    except OutboxError:
        return {}
    since = datetime.now(UTC) - FRESH
    return {
        name.removeprefix(CAMERA): row.body.get("fps", 0.0)
        for name, row in rows.items()
        if name.startswith(CAMERA) and row.at >= since and row.body.get("state") == "running"
    }


def _one_frame(name: str, camera: CameraConfig) -> Finding:
    answers: queue.SimpleQueue[Finding] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look(name, camera)), daemon=True).start()
    try:
        return answers.get(timeout=FRAME_WITHIN_S)
    except queue.Empty:
        said = f"{camera.source}: {FRAME_WITHIN_S:.0f} 秒没有画面 (no picture)"
        return Finding(name, "fail", said, "请检查电源、网线和地址 (check power, cable, address)")


def _look(name: str, camera: CameraConfig) -> Finding:
    try:
        from edge_agent.wiring.seeing import open_source

        source = open_source(camera.source)
        try:
            frame = next(iter(source), None)
        finally:
            source.close()
    except (SourceError, ImportError, OSError) as error:
        advice = "请检查电源、网线和地址 (check power, cable, address)"
        return Finding(name, "fail", str(error), advice)
    if frame is None:
        return Finding(name, "fail", f"{camera.source}: 没有画面 (no picture)")
    height, width = frame.image.shape[:2]
    return Finding(name, "ok", f"{width}x{height}")


def check_voice(config: EdgeConfig) -> Iterator[Finding]:
    """Make a phrase and play a moment of silence: what fails here would be a missing warning."""
    if not config.voice.enabled:
        yield Finding("voice", "warn", "喊话已关闭 (switched off in the config)")
        return
    try:
        open_library(config.voice).prepare()
        yield Finding("voice", "ok", "喊话可以合成 (phrases can be spoken)")
    except (SpeakerError, OSError) as error:
        yield Finding("voice", "fail", str(error), "apt install espeak-ng")
    if config.voice.sink.startswith(FILE_SINK):
        said = f"喊话只写成文件,没有声音 (no sound, only files): {config.voice.sink}"
        yield Finding("speaker", "warn", said, '正式使用请设 sink = "default"')
        return
    try:
        open_player(config.voice).play("silence", _silence())
        yield Finding("speaker", "ok", f"声卡可用 (audio device works): {config.voice.sink}")
    except SpeakerError as error:
        advice = "apt install alsa-utils; aplay -l; 检查接线 (check the wiring)"
        yield Finding("speaker", "fail", str(error), advice)


def _silence() -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(bytes(2 * 2205))
    return sound.getvalue()
