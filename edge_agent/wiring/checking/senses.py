"""Eyes: models and cameras."""

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from edge_agent.adapters import model_store
from edge_agent.adapters.health import CAMERA
from edge_agent.adapters.sources.names import without_password
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.core.checks import Finding
from edge_agent.ports import ModelError, OutboxError, SourceError
from edge_agent.wiring.linking import has_outbox, opened_outbox

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
        said = f"{without_password(camera.source)}: {FRAME_WITHIN_S:.0f} 秒没有画面 (no picture)"
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
        said = f"{without_password(camera.source)}: 没有画面 (no picture)"
        return Finding(name, "fail", said)
    height, width = frame.image.shape[:2]
    return Finding(name, "ok", f"{width}x{height}")
