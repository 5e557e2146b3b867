"""A Jetson takes no card: its system goes in through NVIDIA's own flashing tool."""

from firmware_config.core.profiles import Board

TOOL = "tools/kernel_flash/l4t_initrd_flash.sh"
LAYOUT = "tools/kernel_flash/flash_l4t_t234_nvme.xml"
QSPI = "bootloader/generic/cfg/flash_t234_qspi.xml"
ROOT = "rootfs"
FOLDER = "boot/firmware/huxiao"
VENDOR = "0955"
RECOVERY = frozenset({"7323", "7423", "7523", "7623"})
"""USB product numbers of an Orin NX or Nano in recovery mode, as NVIDIA's guide lists them."""

UNIT = """[Unit]
Description=护校 第一次启动 (huxiao: first boot)
After=local-fs.target
ConditionPathExists=!/var/lib/huxiao-first-boot-done

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 /boot/firmware/huxiao/first-boot

[Install]
WantedBy=multi-user.target
"""
UNIT_PATH = "etc/systemd/system/huxiao-first-boot.service"
WANTED_PATH = "etc/systemd/system/multi-user.target.wants/huxiao-first-boot.service"


def command(board: Board) -> list[str]:
    """Give NVIDIA's command, to be run in its own folder (Linux_for_Tegra)."""
    return [
        f"./{TOOL}",
        "--external-device", board.nvidia_storage,
        "-c", LAYOUT,
        "-p", f"-c {QSPI}",
        "--showlogs",
        "--network", "usb0",
        board.nvidia_board,
        "internal",
    ]  # fmt: skip
