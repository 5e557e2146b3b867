"""An image for an emulated PC that takes its settings as Raspberry Pi OS Trixie does."""

import shutil
import subprocess
from pathlib import Path

PACKAGES = (
    "linux-image-cloud-amd64,initramfs-tools,zstd,systemd,systemd-sysv,udev,dbus,cloud-init,"
    "netplan.io,iproute2,kmod,procps,util-linux,e2fsprogs,sudo,openssh-server,ca-certificates,"
    "chrony,nftables,python3,python3-venv,espeak-ng,alsa-utils,libatomic1"
)
MIB = 1024**2
BOOT_AT_MIB, BOOT_MIB, ROOT_MIB = 8, 512, 1800
COMMAND_LINE = (
    "console=ttyS0 root=LABEL=rootfs rootfstype=ext4 fsck.repair=yes rootwait"
    " systemd.journald.forward_to_console=1 systemd.show_status=1 resize\n"
)
CLOUD = """\
datasource_list: [ NoCloud, None ]
datasource:
  NoCloud:
    seedfrom: file:///boot/firmware/
"""
FSTAB = """\
LABEL=rootfs / ext4 defaults,noatime 0 1
LABEL=bootfs /boot/firmware vfat defaults,flush 0 2
"""
AT_ITS_OWN_SPEED = """\
[Service]
ExecStart=
ExecStart=/opt/huxiao/current/bin/huxiao-edge run watch --config /etc/huxiao/device.toml --simulate
"""
RECORDING = "usr/share/huxiao-recording/walk.mp4"


def bootstrapped(root: Path) -> None:
    """Fetch Debian Bookworm's packages into a folder; needs root and Debian's registry."""
    if (root / "etc/os-release").exists():
        return
    subprocess.run(
        ["mmdebstrap", "--mode=root", "--variant=minbase", f"--include={PACKAGES}",
         "--aptopt=Acquire::Languages none", "--dpkgopt=path-exclude=/usr/share/doc/*",
         "--dpkgopt=path-exclude=/usr/share/man/*", "bookworm", root], check=True,
    )  # fmt: skip


def made(root: Path, recording: Path, image: Path) -> None:
    """Make the image out of a bootstrapped folder."""
    _settle(root)
    (root / RECORDING).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(recording, root / RECORDING)
    boot = image.with_suffix(".boot")
    _boot_files(root, boot)
    with image.open("wb") as out:
        out.truncate((BOOT_AT_MIB + BOOT_MIB + ROOT_MIB + 1) * MIB)
    table = (
        f"label: dos\nstart={BOOT_AT_MIB * 2048}, size={BOOT_MIB * 2048}, type=c\n"
        f"start={(BOOT_AT_MIB + BOOT_MIB) * 2048}, size={ROOT_MIB * 2048}, type=83\n"
    )
    subprocess.run(["/usr/sbin/sfdisk", "-q", image], input=table.encode(), check=True)
    subprocess.run(
        ["/usr/sbin/mkfs.vfat", "-F", "32", "-n", "bootfs", "--offset", str(BOOT_AT_MIB * 2048),
         image, str(BOOT_MIB * 1024)], check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    subprocess.run(
        ["mcopy", "-i", f"{image}@@{BOOT_AT_MIB * MIB}", *boot.iterdir(), "::"], check=True
    )
    offset = (BOOT_AT_MIB + BOOT_MIB) * MIB
    subprocess.run(
        ["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-L", "rootfs", "-d", root,
         "-E", f"offset={offset}", image, f"{ROOT_MIB}M"], check=True,
    )  # fmt: skip
    shutil.rmtree(boot)


def _settle(root: Path) -> None:
    _write(root / "etc/fstab", FSTAB)
    _write(root / "etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg", CLOUD)
    seeded = "[Unit]\nRequiresMountsFor=/boot/firmware\n"
    _write(root / "etc/systemd/system/cloud-init-local.service.d/seed.conf", seeded)
    waiting = "/lib/systemd/systemd-networkd-wait-online --any --timeout=15"
    quick = f"[Service]\nExecStart=\nExecStart={waiting}\n"
    place = root / "etc/systemd/system/systemd-networkd-wait-online.service.d/quick.conf"
    _write(place, quick)  # a Raspberry Pi has NetworkManager instead, which does not wait
    _write(root / "etc/systemd/system/huxiao-watch.service.d/recording.conf", AT_ITS_OWN_SPEED)
    (root / "boot/firmware").mkdir(parents=True, exist_ok=True)
    _write(root / "etc/machine-id", "")


def _boot_files(root: Path, boot: Path) -> None:
    shutil.rmtree(boot, ignore_errors=True)
    boot.mkdir()
    shutil.copy(next((root / "boot").glob("vmlinuz-*")), boot / "vmlinuz")
    shutil.copy(next((root / "boot").glob("initrd.img-*")), boot / "initrd.img")
    _write(boot / "cmdline.txt", COMMAND_LINE)
    _write(boot / "config.txt", "[all]\n")
    _write(boot / "user-data", "#cloud-config\n")
    _write(boot / "meta-data", "dsmode: local\ninstance_id: reference-image\n")
    _write(boot / "network-config", "")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
