"""`huxiao-edge replay`: what the watch would have seen, said and reported on a recording."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from contract.messages import Alert
from contract.scenarios import Phase
from edge_agent.adapters.snapshot import jpeg
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import CameraConfig, ConfigError, EdgeConfig, load_config
from edge_agent.core.tracks import Track, TrackState
from edge_agent.ports import ModelError, SourceError, SpeakerError
from edge_agent.watch import Sight
from edge_agent.wiring.replaying import Replay, replayed
from edge_agent.wiring.scenes import drawn

ANNOTATED_QUALITY = 90
ANNOTATED_MAX_BYTES = 8 * 1024 * 1024

_LINE_TYPES = {
    Phase.START: "alert",
    Phase.UPDATE: "alert_update",
    Phase.END: "alert_end",
}
_PHASE_WORDS = {Phase.START: "", Phase.UPDATE: "仍在继续 goes on", Phase.END: "结束 over"}


@click.command(epilog=EXITS_HELP)
@click.argument("video")
@click.option(
    "--config", "file", required=True, type=click.Path(path_type=Path), help="设备配置 config"
)
@click.option("--camera", "camera_id", help="用哪个摄像头的围栏,缺省第一个 whose zones; the first")
@click.option(
    "--every", default=1, type=click.IntRange(1, 1000), help="每 N 帧看一帧 look at each Nth frame"
)
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON object a line")
@click.option(
    "--save-annotated",
    "pictures",
    type=click.Path(file_okay=False, path_type=Path),
    help="每条预警存一张标注图 one annotated JPEG an alert",
)
@click.option(
    "--say-to",
    type=click.Path(file_okay=False, path_type=Path),
    help="把喊话写成 WAV write what would be said",
)
@click.option(
    "--starts-at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]),
    help="录像开始的当地时间,缺省不看时段 local time of its start; schedules are ignored without",
)
def replay(  # noqa: PLR0913 - one argument for each option
    *,
    video: str,
    file: Path,
    camera_id: str | None,
    every: int,
    as_json: bool,
    pictures: Path | None,
    say_to: Path | None,
    starts_at: datetime | None,
) -> None:
    """用录像跑完整的看守流程,用录像自己的时钟。 Run the whole watch on a recording.

    VIDEO 是录像文件;围栏取自配置。设备自己的待发箱不受影响。
    The zones come from the config; the device's own outbox is not touched.
    """
    try:
        config = load_config(file)
        plan = Replay(config, _camera(config, camera_id, file), every, say_to, starts_at)
        alerts = 0
        for sight, raised in replayed(plan, video):
            alerts += sum(alert.phase is Phase.START for alert in raised)
            for line in _lines(sight, raised, as_json=as_json):
                click.echo(line)
            if pictures and raised:
                _save(sight, raised, pictures)
    except ConfigError as error:
        _end(error, Exit.USAGE)
    except SourceError as error:
        _end(error, Exit.CAMERA)
    except ModelError as error:
        _end(error, Exit.MODEL)
    except SpeakerError as error:
        _end(error, Exit.VOICE)
    click.echo(f"共 {alerts} 条预警 ({alerts} alerts)", err=True)


def _camera(config: EdgeConfig, camera_id: str | None, file: Path) -> CameraConfig:
    known = {camera.camera_id: camera for camera in config.cameras}
    if camera_id is None and known:
        return config.cameras[0]
    if camera_id in known:
        return known[camera_id]
    names = "、".join(known) or "一个也没有 none"
    msg = f"{file}: 没有摄像头 {camera_id or ''},配置里有 (no such camera, there are): {names}"
    raise click.UsageError(msg)


def _lines(sight: Sight, alerts: list[Alert], *, as_json: bool) -> Iterator[str]:
    height, width = sight.frame.image.shape[:2]
    when = {"frame": sight.frame.number, "at_s": round(sight.frame.at, 3)}
    if not as_json:
        for alert in alerts:
            stay = "" if alert.dwell_s is None else f" 停留 {alert.dwell_s:.1f} s"
            what = f"{alert.kind} {_PHASE_WORDS[alert.phase]}".rstrip()
            yield f"{when['at_s']:8.2f} s  {what}  {alert.zone_id}  #{alert.track_id}{stay}"
        return
    for track in sight.tracks:
        if track.state is not TrackState.TENTATIVE:
            yield _json({"type": "track", **when, **_track(track, width, height)})
    for alert in alerts:
        yield _json({"type": _LINE_TYPES[alert.phase], **alert.model_dump(mode="json"), **when})


def _track(track: Track, width: int, height: int) -> dict[str, Any]:
    box = track.box
    sides = (box.left * width, box.top * height, box.right * width, box.bottom * height)
    return {
        "track_id": track.track_id,
        "box": [round(side, 1) for side in sides],
        "state": track.state.value,
    }


def _json(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False)


def _save(sight: Sight, alerts: list[Alert], folder: Path) -> None:
    """Write one picture for each alert, with the person it is about in red."""
    folder.mkdir(parents=True, exist_ok=True)
    for finding, alert in zip(sight.verdict.findings, alerts, strict=True):
        if alert.phase is not Phase.START:
            continue
        name = f"{sight.frame.number:06d}-{alert.kind}-{alert.zone_id}-{alert.track_id}.jpg"
        picture = jpeg(drawn(sight, [finding]), ANNOTATED_QUALITY, ANNOTATED_MAX_BYTES)
        (folder / name.replace("/", "_")).write_bytes(picture.content)


def _end(error: Exception, code: Exit) -> None:
    click.echo(str(error), err=True)
    raise SystemExit(code)
