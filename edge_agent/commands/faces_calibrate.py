"""`huxiao-edge faces calibrate`: fit the similarity scale to a school's own photographs."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.faces_pairs import Album, Pair, PairsError, read_pairs, with_progress
from edge_agent.core.calibration import (
    AT_SURE,
    FEWEST_IMPOSTORS,
    PAIRS_EACH_TAIL,
    Calibration,
    TooFewPairsError,
    calibrated,
)
from edge_agent.ports import ModelError
from edge_agent.wiring.recognising import READERS, open_studio


@click.command(epilog=EXITS_HELP)
@click.argument("pairs", type=click.Path(path_type=Path))
@click.option(
    "--backend", type=click.Choice(list(READERS)), default="sface", show_default=True,
    help="识别后端 / which recogniser",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / as JSON")
def calibrate(pairs: Path, *, backend: str, as_json: bool) -> None:
    """用本校经同意的照片校准相似度。 Fit the similarity scale on a school's own, consented photos.

    PAIRS 是 CSV,列 a,b,same(1 同一人,0 不同人);没有 same 列时,同一文件夹的照片算同一人。
    PAIRS is a CSV with the columns a,b,same (1 the same person, 0 not); without `same`, photos in
    one folder show one person.
    """  # fmt: skip
    try:
        rows = read_pairs(pairs)
        album = Album(open_studio(backend), pairs.resolve().parent)
        same, different = _distances(rows, album)
        result = calibrated(same, different)
    except PairsError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.USAGE)
    except ModelError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.MODEL)
    except TooFewPairsError as error:
        zh = f"不同人的可用照片对只有 {error} 对,至少要 {FEWEST_IMPOSTORS} 对"
        click.echo(f"错误 error: {zh} (too few usable pairs of different people)", err=True)
        sys.exit(Exit.CHECKS_FAILED)
    click.echo(json.dumps(asdict(result)) if as_json else _in_words(result))


def _distances(rows: list[Pair], album: Album) -> tuple[list[float], list[float]]:
    same, different = list[float](), list[float]()
    for pair in with_progress(rows):
        distance = album.distance(pair)
        if distance is not None:
            is_same = _is_same(pair)
            (same if is_same else different).append(distance)
    return same, different


def _is_same(pair: Pair) -> bool:
    if pair.same is not None:
        return pair.same
    return Path(pair.a).parent == Path(pair.b).parent


def _in_words(result: Calibration) -> str:
    lines = [f"# 同一人 {result.genuine} 对,不同人 {result.impostors} 对 (pairs: same, different)"]
    if result.is_extrapolated:
        needed = round(PAIRS_EACH_TAIL / AT_SURE)
        lines.append(
            f"# 注意:万分之一要 {needed} 对不同人才能直接量出,这里由分布尾部外推,请勿放宽默认标度"
        )
        lines.append(
            f"# Note: 1 in 10,000 needs {needed} pairs of different people; extrapolated here"
        )
    lines += ["# 相似度   距离    错认(95% 上限)        找回", "# similarity distance wrong, found"]
    for row in result.rows:
        found = "—" if row.found_share is None else f"{row.found_share:.1%}"
        wrong = f"{row.false_matches} = {row.false_share:.3%} (<= {row.false_bound:.3%})"
        lines.append(f"#   {row.similarity:.2f}   {row.distance:.3f}   {wrong:<24} {found}")
    scale = result.scale
    lines += ["[faces.scale]", f"middle = {scale.middle:.4f}", f"width = {scale.width:.4f}"]
    return "\n".join(lines)
