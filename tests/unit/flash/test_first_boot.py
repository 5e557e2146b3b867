"""The first boot, with stand-ins for the system's programs that write down how they were called."""

import hashlib
import io
import stat
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_config.adapters.parts import parts
from firmware_config.core.card_files import card_files
from firmware_config.core.formats import Format
from tests.unit.flash.images import TRIXIE
from tests.unit.flash.plans import SECRET, plan

SCRIPT = Path(__file__).resolve().parents[3] / "firmware_config" / "bin" / "first-boot"
STANDS_IN = {
    "findmnt": "echo /dev/mmcblk0p2",
    "lsblk": "echo mmcblk0",
    "blkid": "true",
    "cp": '/bin/cp "$@"',
    "id": "echo 1000",
    "date": '[ "$1" = +%s ] && echo 1577836800 || true',
    "mountpoint": 'echo "/data is a mountpoint"',
    "python3": (
        '[ "$1" = -c ] && echo yes && exit; '
        'for last; do :; done; mkdir -p "$last/bin"; '
        'guard="$last/lib/python3.11/site-packages/edge_agent/adapters"; '
        'mkdir -p "$guard"; echo "#guard" > "$guard/update_guard.py"; '
        'printf "#!/bin/sh\\necho python \\$* >> \\$LOG\\n" > "$last/bin/python"; '
        'printf "#!/bin/sh\\necho 0.1.0\\n" > "$last/bin/huxiao-edge"; chmod +x "$last"/bin/*'
    ),
}
SILENT = ("resize2fs", "mkfs.ext4", "mount", "systemctl", "systemd-sysusers", "systemd-tmpfiles",
          "dpkg", "chown", "useradd", "chronyc")  # fmt: skip
FSTAB = (
    "PARTUUID=1-01 /boot/firmware vfat defaults 0 2\nPARTUUID=1-02 / ext4 defaults,noatime 0 1\n"
)


@dataclass
class Box:
    """A system below a folder, and its card."""

    root: Path
    card: Path
    programs: Path
    log: Path

    def boot(self) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, SCRIPT, "--root", self.root, "--card", self.card],
            capture_output=True, text=True, check=False,
            env={"PATH": str(self.programs), "LOG": str(self.log)},
        )  # fmt: skip

    def calls(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = Box(tmp_path / "root", tmp_path / "boot" / "huxiao", tmp_path / "bin", tmp_path / "log")
    made.programs.mkdir()
    for name in (*STANDS_IN, *SILENT):
        file = made.programs / name
        body = STANDS_IN.get(name, "true")
        file.write_text(f'#!/bin/bash\nPATH=/usr/bin:/bin\necho "{name} $*" >> "$LOG"\n{body}\n')
        file.chmod(0o755)
    for name, data in card_files(plan(), parts(), Format.CLOUD_INIT, TRIXIE.get,
                                 root_is_ours=True).items():  # fmt: skip
        target = made.card.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for folder in ("etc", "var/lib", "etc/NetworkManager", "home/installer"):
        (made.root / folder).mkdir(parents=True)
    (made.root / "etc/fstab").write_text(FSTAB)
    put_payload(made)
    return made


def put_payload(box: Box) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in ("wheels/huxiao-0.1.0-py3-none-any.whl", "debs/chrony_4.3_arm64.deb"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            tar.addfile(entry, io.BytesIO(b"abc"))
    (box.card / "payload.tar").write_bytes(out.getvalue())
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    (box.card / "payload.sha256").write_text(f"{digest}  payload.tar\n")


def test_a_stock_system_becomes_the_device(box: Box) -> None:
    done = box.boot()
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'device_id = "water-001"' in box.text("etc/huxiao/device.toml")
    assert (box.root / "usr/lib/systemd/system/huxiao-watch.service").exists()
    assert (box.root / "opt/huxiao/current").readlink() == Path("slots/0.1.0")
    assert (box.root / "opt/huxiao/slots/0.1.0/.complete").exists()
    calls = box.calls()
    assert "dpkg --force-confold -i" in calls
    assert "pip --disable-pip-version-check install --no-index --no-deps" in calls
    for unit in ("huxiao-watch", "huxiao-link", "huxiao-page", "huxiao-enrol", "nftables"):
        assert f"systemctl enable {unit}.service" in calls
    for timer in ("huxiao-renew.timer", "huxiao-update.timer", "huxiao-clock-save.timer"):
        assert f"systemctl enable {timer}" in calls
    assert "systemctl enable huxiao-button.service" not in calls  # a water device has none
    assert "完成" in (box.card / "first-boot.log").read_text(encoding="utf-8")


def test_from_the_next_boot_on_root_is_read_only_and_data_has_its_place(box: Box) -> None:
    box.boot()
    lines = {line.split()[1]: line.split() for line in box.text("etc/fstab").splitlines()
             if len(line.split()) > 3}  # fmt: skip
    assert lines["/"][3].split(",")[:2] == ["ro", "noatime"]
    assert lines["/data"][0] == "LABEL=huxiao-data"
    for place in ("/opt/huxiao", "/etc/huxiao", "/var/lib/huxiao", "/var/lib/huxiao-clock"):
        assert lines[place][3].startswith("bind")
    assert lines["/var/log"][2] == "tmpfs"
    assert "mkfs.ext4 -q -F -L huxiao-data /dev/mmcblk0p3" in box.calls()


def test_the_network_key_is_gone_and_the_claim_waits_for_enrolment(box: Box) -> None:
    box.boot()
    assert not (box.card.parent / "network-config").exists()
    assert not (box.card / "system.tar").exists()
    assert SECRET in (box.card / "claim.json").read_text()
    held = b"".join(one.read_bytes() for one in box.root.rglob("*") if one.is_file())
    assert SECRET.encode() not in held


def test_a_second_start_does_nothing(box: Box) -> None:
    box.boot()
    before = box.calls()
    assert box.boot().returncode == 0
    assert box.calls() == before


def test_a_damaged_payload_stops_with_a_sentence_on_the_card(box: Box) -> None:
    with (box.card / "payload.tar").open("ab") as out:
        out.write(b"x")
    assert box.boot().returncode == 1
    assert "重新写卡" in (box.card / "first-boot.log").read_text(encoding="utf-8")
    assert not (box.root / "opt/huxiao/current").exists()
    assert not (box.root / "var/lib/huxiao-first-boot-done").exists()


@pytest.mark.parametrize("program", ["dpkg", "mkfs.ext4", "systemd-sysusers", "chown"])
def test_whatever_fails_the_next_start_begins_anew_and_ends_well(box: Box, program: str) -> None:
    file = box.programs / program
    well = file.read_text()
    file.write_text('#!/bin/bash\necho "no room left" >&2\nexit 1\n')
    assert box.boot().returncode == 1
    assert f"{program}" in (box.card / "first-boot.log").read_text(encoding="utf-8")
    assert "no room left" in (box.card / "first-boot.log").read_text(encoding="utf-8")
    file.write_text(well)
    done = box.boot()
    assert done.returncode == 0, done.stdout
    assert box.text("etc/fstab").count("LABEL=huxiao-data") == 1


def test_what_is_drawn_already_stays(box: Box) -> None:
    (box.root / "etc/huxiao").mkdir(parents=True)
    (box.root / "etc/huxiao/device.toml").write_text("drawn")
    box.boot()
    assert box.text("etc/huxiao/device.toml") == "drawn"


def test_the_installer_comes_in_by_key_only(box: Box) -> None:
    box.boot()
    assert "PasswordAuthentication no" in box.text("etc/ssh/sshd_config.d/huxiao.conf")
    assert "installer" in box.text("home/installer/.ssh/authorized_keys")
    mode = stat.S_IMODE((box.root / "etc/sudoers.d/huxiao").stat().st_mode)
    assert mode == 0o440


def test_a_python_that_is_too_old_is_said(box: Box) -> None:
    (box.programs / "python3").write_text("#!/bin/sh\necho no\n")
    assert box.boot().returncode == 1
    assert "没有 Python 3.11" in (box.card / "first-boot.log").read_text(encoding="utf-8")
