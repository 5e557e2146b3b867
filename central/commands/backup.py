"""`huxiao-central backup` and `restore`: a district's copy, made, tried, brought back."""

from pathlib import Path
from typing import Any

import click

from central.adapters.backup import making, restoring
from central.adapters.backup.sealing import BackupError
from central.adapters.clock import now_ms
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    data_option,
    db_option,
    errors_in_words,
    fail,
    json_option,
    opened,
    show,
)
from central.config import DataDir

BY = "cli"
MB = 1 << 20

to_option = click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path),
    help="备份目录，缺省 [backup] folder / where backups lie",
)  # fmt: skip
passphrase_option = click.option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="口令文件，缺省 [backup] passphrase_file / a file that holds the passphrase",
)  # fmt: skip


class _MakesUnlessSaid(click.Group):
    """`backup` alone makes one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_said = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_said else ["make", *args])


@click.group(cls=_MakesUnlessSaid)
def backup() -> None:
    """备份:制作、核对、演练、列出。 Backups: make, check, drill, list.

    不带子命令等于 backup make。 Without a verb: `backup make`, with the settings of [backup].
    """


@backup.command()
@to_option
@passphrase_option
@json_option
@opened
def make(central: Central, *, as_json: bool, **where: Path | None) -> None:
    """制作备份:数据库、设置、密钥、照片,用口令加密。 Make a backup; everything is sealed.

    运行中也可制作。心理关爱和答复号码不在其中。 While it runs. Mind care is in no backup.
    """
    try:
        made = central.backups(**where).make(BY, now_ms())
    except BackupError as error:
        fail(str(error), EXIT_REFUSED)
    shown: dict[str, Any] = {"folder": str(made.folder), "size_bytes": made.size_bytes,
                             "files": made.files}  # fmt: skip
    text = (
        f"已备份 made: {made.folder} （{made.size_bytes / MB:.1f} MB + {made.files} 个文件 files）"
    )
    show(shown, text, as_json=as_json)


@backup.command()
@to_option
@passphrase_option
@json_option
@opened
def check(central: Central, *, as_json: bool, **where: Path | None) -> None:
    """通读最新备份:能否解密、是否完整。 Read the newest through: does it open, is it whole."""
    try:
        found = central.backups(**where).check(BY, now_ms())
    except BackupError as error:
        fail(str(error), EXIT_REFUSED)
    shown = {"folder": str(found.folder), "files": found.files, "manifest": found.manifest}
    show(shown, f"完好 sound: {found.folder} （{found.files} 个文件 files）", as_json=as_json)


@backup.command()
@to_option
@passphrase_option
@json_option
@opened
def drill(central: Central, *, as_json: bool, **where: Path | None) -> None:
    """恢复演练:恢复到临时目录、核对审计链,再删除。 Bring it back to a folder that goes again."""
    try:
        found = central.backups(**where).drill(BY, now_ms())
    except BackupError as error:
        fail(str(error), EXIT_REFUSED)
    shown = {"folder": str(found.checked.folder), "audit_is_whole": found.audit_is_whole,
             "forgotten": found.forgotten}  # fmt: skip
    show(shown, f"演练成功 the drill went well: {found.checked.folder}", as_json=as_json)


@backup.command(name="list")
@to_option
@passphrase_option
@json_option
@opened
def list_backups(central: Central, *, as_json: bool, **where: Path | None) -> None:
    """列出备份,新的在前。 List the backups, the newest first."""
    folder = central.backups(**where).folder
    if folder is None:
        fail("没有设置备份目录：[backup] folder 或 --to / no folder is set", EXIT_CONFIG)
    rows = [
        {"name": one.name, "size_bytes": sum(path.stat().st_size for path in one.iterdir())}
        for one in making.kept(folder)
    ]
    text = "\n".join(f"{row['name']}  {int(str(row['size_bytes'])) / MB:.1f} MB" for row in rows)
    show(rows, text or "没有备份 no backups", as_json=as_json)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True, help="口令文件 / a file that holds the passphrase",
)  # fmt: skip
@data_option
@db_option
@json_option
@errors_in_words
def restore(
    folder: Path, passphrase_file: Path, data: Path, db: str | None, *, as_json: bool
) -> None:
    """把备份恢复到空的数据目录。 Bring a backup back into an empty data folder.

    FOLDER 是一个备份,或备份目录(取最新)。备份之后注销的人仍然注销。 FOLDER is one backup, or
    the folder of all: then the newest. Who was withdrawn since stays withdrawn. PostgreSQL: give an
    empty database by --db.
    """
    passphrase = passphrase_file.read_text("utf-8").strip()
    try:
        is_one = (folder / "manifest.sealed").exists()
        chosen = folder if is_one else restoring.newest(folder)
        found = restoring.restore(chosen, passphrase, DataDir(data), db, now_ms())
    except BackupError as error:
        fail(str(error), EXIT_REFUSED)
    shown = {"folder": str(chosen), "audit_is_whole": found.audit_is_whole,
             "forgotten": found.forgotten, "bad_files": found.checked.bad}  # fmt: skip
    chain = "完整 whole" if found.audit_is_whole else "不完整 NOT whole"
    bad = len(found.checked.bad)
    text = (
        f"已恢复 restored: {chosen.name} → {data}\n审计链 audit chain: {chain}；"
        f"按注销处理 forgotten: {found.forgotten}；损坏文件 damaged: {bad}"
    )
    show(shown, text, as_json=as_json)
