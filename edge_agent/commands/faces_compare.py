"""`huxiao-edge faces compare`: two photographs, in words."""

import json
import sys
from pathlib import Path

import click
import cv2

from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.core.face_quality import PROBLEMS
from edge_agent.core.faces import SURE, apart
from edge_agent.ports import ModelError, SourceError
from edge_agent.wiring.recognising import READERS, Portrait, Studio, open_studio

GREEN, RED = (80, 200, 80), (60, 60, 230)


@click.command(epilog=EXITS_HELP)
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option(
    "--backend", type=click.Choice(list(READERS)), default="sface", show_default=True,
    help="识别后端 / which recogniser",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path),
    help="存下画了框的两张图 / write both pictures with what was found",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / as JSON")
def compare(first: Path, second: Path, *, backend: str, out: Path | None, as_json: bool) -> None:
    """比较两张照片里最大的脸。 Compare the largest faces of two photographs."""
    try:
        studio = open_studio(backend)
        portraits = [studio.portray(photo(path), alone=True) for path in (first, second)]
    except ModelError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.MODEL)
    except SourceError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.CAMERA)
    if out is not None:
        _draw(portraits, [first, second], out)
    similarity = _similarity(studio, portraits)
    if as_json:
        click.echo(json.dumps(_fields(similarity, portraits)))
        return
    for path, portrait in zip((first, second), portraits, strict=True):
        click.echo(f"{path}: {_quality(portrait)}")
    if similarity is None:
        click.echo("无法比较 (cannot be compared)")
        sys.exit(Exit.CHECKS_FAILED)
    word = "可能是同一人,请人工核实" if similarity >= SURE else "没有认出是同一人"
    en = "maybe the same person: a person must verify" if similarity >= SURE else "no match"
    click.echo(f"相似度 similarity {similarity:.4f}: {word} ({en})")


def _similarity(studio: Studio, portraits: list[Portrait]) -> float | None:
    first, second = (portrait.embedding for portrait in portraits)
    if first is None or second is None:
        return None
    return studio.scale.similarity(apart(first, second))


def _quality(portrait: Portrait) -> str:
    if not portrait.problems:
        return "可用 (good enough)"
    return "; ".join(f"{zh} ({en})" for zh, en in map(PROBLEMS.__getitem__, portrait.problems))


def _fields(similarity: float | None, portraits: list[Portrait]) -> dict[str, object]:
    return {
        "similarity": similarity,
        "problems": [[problem.value for problem in portrait.problems] for portrait in portraits],
    }


def _draw(portraits: list[Portrait], paths: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (portrait, path) in enumerate(zip(portraits, paths, strict=True), start=1):
        if portrait.image is None:
            continue
        picture = portrait.image.copy()
        height, width = picture.shape[:2]
        if portrait.measured is not None:
            box = portrait.measured.face.box
            start = round(box.left * width), round(box.top * height)
            end = round(box.right * width), round(box.bottom * height)
            colour = RED if portrait.problems else GREEN
            cv2.rectangle(picture, start, end, colour, max(2, width // 300))
        cv2.imwrite(str(folder / f"{number}-{path.stem}.jpg"), picture)
