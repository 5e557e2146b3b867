"""NVIDIA's folder (Linux_for_Tegra): put a device's files into its root, and drive its tool."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from firmware_config.core import jetson
from firmware_config.ports import Exit, FlashError

USB = Path("/sys/bus/usb/devices")
PREPARED = "先按 NVIDIA 的说明解开 BSP 和根文件系统,运行 apply_binaries.sh (unpack and apply first)"


def check(folder: Path) -> None:
    """See that this is NVIDIA's folder, and ready.

    Raises:
        FlashError: it is not; says what is missing.
    """
    for part in (jetson.TOOL, f"{jetson.ROOT}/etc/os-release"):
        if not (folder / part).exists():
            raise FlashError(Exit.TOOL, f"{folder} 里没有 (lacks) {part}", PREPARED)


def put(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put a device's files and its first boot into the root that is going to be flashed.

    Raises:
        FlashError: no permission.
    """
    root = folder / jetson.ROOT
    try:
        written = [_written(root / jetson.FOLDER / name, data) for name, data in files.items()]
        written.append(_written(root / jetson.UNIT_PATH, jetson.UNIT.encode()))
        wanted = root / jetson.WANTED_PATH
        wanted.parent.mkdir(parents=True, exist_ok=True)
        wanted.unlink(missing_ok=True)
        wanted.symlink_to(f"/{jetson.UNIT_PATH}")
    except OSError as error:
        advice = "请用 sudo 运行 (run it with sudo)"
        raise FlashError(Exit.TOOL, f"{error.filename}: {error.strerror}", advice) from error
    return written


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
    return path


def take_out(written: list[Path]) -> None:
    """Take the claim out of NVIDIA's folder again: the next device has its own."""
    for path in written:
        path.unlink(missing_ok=True)


def is_in_recovery(usb: Path = USB) -> bool:
    """Whether a Jetson in recovery mode is on a cable."""
    for vendor in usb.glob("*/idVendor"):
        try:
            if vendor.read_text().strip() == jetson.VENDOR:
                product = vendor.with_name("idProduct").read_text().strip()
                if product in jetson.RECOVERY:
                    return True
        except OSError:
            continue
    return False


def flash(folder: Path, command: list[str], show: Callable[[str], None]) -> None:
    """Run the tool and show what it says as it says it.

    Raises:
        FlashError: it failed; with its last lines.
    """
    last: list[str] = []
    with subprocess.Popen(  # noqa: S603 - NVIDIA's program in the folder that was named
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            show(line.rstrip("\n"))
            last = [*last[-4:], line.strip()]
    if process.returncode:
        shown = " | ".join(last)
        advice = "换一根短的 USB 线、直接插主板的口,再进恢复模式重试 (a short cable, no hub; retry)"
        said = f"NVIDIA 的工具失败 (failed, {process.returncode}): {shown}"
        raise FlashError(Exit.TOOL, said, advice)
