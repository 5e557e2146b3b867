"""Small images with the partitions and boot files of real ones; made without root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
MIB = 1024**2
LENIENT = {**os.environ, "MTOOLS_SKIP_CHECK": "1"}  # of disks' geometry

TRIXIE = {
    "config.txt": b"[all]\nenable_uart=1\n",
    "cmdline.txt": b"console=tty1 root=PARTUUID=1c2d-02 rootfstype=ext4 rootwait resize\n",
    "user-data": b"#cloud-config\n",
    "meta-data": b"dsmode: local\ninstance_id: rpios-image\n",
    "network-config": b"",
    "kernel8.img": bytes(range(256)) * 4096,
}
BOOKWORM = {
    "config.txt": b"[all]\nenable_uart=1\n",
    "cmdline.txt": b"console=tty1 root=PARTUUID=1c2d-02 rootwait quiet "
    b"init=/usr/lib/raspberrypi-sys-mods/firstboot\n",
    "issue.txt": b"Raspberry Pi reference 2024-11-19\n",
    "kernel8.img": bytes(range(256)) * 4096,
}
FOREIGN = {"boot.scr": b"echo", "vmlinuz": b"\0" * 1000}


@dataclass(frozen=True, slots=True)
class Made:
    """An image: its file, where its boot partition lies, and how large it is, in bytes."""

    path: Path
    boot_at: int
    boot_size: int


def tool(name: str) -> str:
    """Give a tool's path, or end the test: none is skipped because a tool is missing."""
    found = shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin")
    assert found, f"{name} is missing: scripts/setup test"
    return found


def made_image(  # noqa: PLR0913 what an image is
    path: Path,
    files: dict[str, bytes],
    *,
    boot_mib: int = 64,
    start_mib: int = 4,
    root_mib: int = 8,
    bits: int = 32,
    gpt: bool = False,
) -> Made:
    """Make an image with a boot partition and a root partition without a file system."""
    with path.open("wb") as out:
        out.truncate((start_mib + boot_mib + root_mib + 2) * MIB)
    start, size = start_mib * 2048, boot_mib * 2048
    label, fat, linux = "dos", "c", "83"
    if gpt:
        label = "gpt"
        fat, linux = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
    table = (
        f"label: {label}\nstart={start}, size={size}, type={fat}\n"
        f"start={start + size}, size={root_mib * 2048}, type={linux}\n"
    )
    subprocess.run([tool("sfdisk"), "-q", path], input=table.encode(), check=True)
    subprocess.run(
        [tool("mkfs.vfat"), "-F", str(bits), "-n", "BOOTFS", "--offset", str(start), path,
         str(boot_mib * 1024)], check=True, capture_output=True,
    )  # fmt: skip
    made = Made(path, start * SECTOR, boot_mib * MIB)
    for name, data in files.items():
        put(made, name, data)
    return made


def put(made: Made, name: str, data: bytes) -> None:
    """Put a file onto the boot partition by mtools."""
    subprocess.run(
        [tool("mcopy"), "-D", "o", "-i", f"{made.path}@@{made.boot_at}", "-", f"::{name}"],
        input=data, check=True, env=LENIENT,
    )  # fmt: skip


def got(made: Made, name: str) -> bytes:
    """Read a file of the boot partition by mtools: another reader than ours."""
    done = subprocess.run(
        [tool("mtype"), "-i", f"{made.path}@@{made.boot_at}", f"::{name}"],
        capture_output=True, check=True, env=LENIENT,
    )  # fmt: skip
    return done.stdout


def complaints(made: Made) -> str:
    """Say what fsck.vfat finds wrong with the boot partition: nothing, if all is well."""
    part = made.path.with_suffix(".part")
    with made.path.open("rb") as image:
        image.seek(made.boot_at)
        part.write_bytes(image.read(made.boot_size))
    done = subprocess.run(
        [tool("fsck.vfat"), "-n", part], capture_output=True, text=True, check=False
    )
    part.unlink()
    return "" if done.returncode == 0 else done.stdout + done.stderr
