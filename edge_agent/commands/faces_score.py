"""`huxiao-edge faces score`: how alike the faces of pairs of photographs are."""

import csv
import json
import sys
from pathlib import Path

import click

from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.faces_pairs import Album, PairsError, read_pairs, with_progress
from edge_agent.ports import ModelError
from edge_agent.wiring.recognising import READERS, open_studio

DIGITS = 6


@click.command(epilog=EXITS_HELP)
@click.argument("pairs", type=click.Path(path_type=Path))
@click.option(
    "--backend", type=click.Choice(list(READERS)), default="sface", show_default=True,
    help="识别后端 / which recogniser",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写入文件 / to a file")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON / one JSON object a line")
def score(pairs: Path, *, backend: str, out: Path | None, as_json: bool) -> None:
    """给每对照片算相似度。 How alike the faces of each pair are.

    PAIRS 是 CSV,列 a,b 为照片路径(相对路径从 CSV 所在目录算起)。输出 a,b,similarity;没有可用人脸的
    一对留空。相似度 0.90 表示:与另一个孩子比对,一万次约错一次。
    PAIRS is a CSV with the columns a,b: paths of photos, relative ones from its own folder. Prints
    a,b,similarity; empty where no face passed the gate. 0.90 means: about 1 wrong in 10,000
    comparisons with another child.
    """  # fmt: skip
    try:
        rows = read_pairs(pairs)
        album = Album(open_studio(backend), pairs.resolve().parent)
    except PairsError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.USAGE)
    except ModelError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.MODEL)
    with click.open_file(str(out) if out else "-", "w", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not as_json:
            writer.writerow(["a", "b", "similarity"])
        for pair in with_progress(rows):
            distance = album.distance(pair)
            found = None if distance is None else album.studio.scale.similarity(distance)
            similarity = None if found is None else round(found, DIGITS)
            if as_json:
                line = {"a": pair.a, "b": pair.b, "similarity": similarity}
                click.echo(json.dumps(line, ensure_ascii=False), file=file)
            else:
                writer.writerow([pair.a, pair.b, "" if similarity is None else similarity])
    sys.exit(Exit.CAMERA if album.unreadable else Exit.OK)
