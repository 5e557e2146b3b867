"""The emulated machine: boots as a board's firmware would, from what is on the card."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from firmware_config.adapters.card import reading
from firmware_config.core.fat import FatVolume
from firmware_config.core.partitions import boot_partition

NO_BATTERY = "2020-01-01T00:00:00"
"""What a board without a clock's battery believes when it starts."""


@contextmanager
def started(disk: Path, console: Path, work: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the machine with this disk until the end of the block; its console goes to a file.

    Pure emulation (TCG), two processors: right on any machine, some ten times slower than real.
    """
    with reading(disk) as read:
        boot = FatVolume(read, boot_partition(read).start, datetime.now(UTC))
        for name in ("vmlinuz", "initrd.img"):
            (work / name).write_bytes(boot.read(name))
        command_line = boot.read("cmdline.txt").decode().strip()
    words = [
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
        "-m", "2048",
        "-nographic", "-nodefaults", "-serial", f"file:{console}", "-rtc", f"base={NO_BATTERY}",
        "-drive", f"file={disk},format=raw,if=virtio,cache=unsafe",
        "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net",
        "-device", "virtio-rng-pci",
        "-kernel", str(work / "vmlinuz"), "-initrd", str(work / "initrd.img"),
        "-append", command_line,
    ]  # fmt: skip
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
