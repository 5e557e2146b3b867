import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_config.cli import main
from firmware_config.ports import Exit
from tests.unit.flash.images import FOREIGN, MIB, TRIXIE, Made, got, made_image
from tests.unit.flash.plans import SECRET, TICKET, ticket_file

FULL = {**TRIXIE, "fill": bytes(34_050_000)}
WATER = ("--device", "water-001", "--profile", "water", "--board", "pi5", "--without-payload")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_image(tmp_path_factory.mktemp("i") / "trixie.img", TRIXIE, boot_mib=34, root_mib=4)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk.img"
    with path.open("wb") as out:
        out.truncate(64 * MIB)
    return path


def run(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=typed)


def write(image: Path, disk: Path, *more: object, typed: str = "disk.img\n") -> Result:
    claim = ticket_file(disk.parent)
    return run("write", image, disk, *WATER, "--claim", claim, *more, typed=typed)


def test_a_card_is_written_looked_at_and_checked_again(image: Made, disk: Path) -> None:
    written = write(image.path, disk)
    assert written.exit_code == 0, written.output
    assert "完成 done: water-001" in written.output
    assert "disk.img" in written.output  # what is going to be erased is named before it is
    shown = run("inspect", disk)
    assert "water-001" in shown.output
    assert "尚未入网" in shown.output
    assert SECRET not in shown.output
    assert run("verify", disk).exit_code == 0


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_packed_images_are_told_by_their_bytes(
    image: Made, disk: Path, tmp_path: Path, pack: object
) -> None:
    packed = tmp_path / "downloaded"
    packed.write_bytes(pack(image.path.read_bytes()))  # type: ignore[operator]
    assert write(packed, disk).exit_code == 0
    assert got(Made(disk, image.boot_at, image.boot_size), "kernel8.img") == TRIXIE["kernel8.img"]


def test_programs_read_json_lines(image: Made, disk: Path) -> None:
    shown = write(image.path, disk, "--json", "--yes")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [line["event"] for line in lines if line["event"] != "progress"] == ["plan", "done"]
    assert {line["phase"] for line in lines if line["event"] == "progress"} >= {"write", "verify"}
    assert SECRET not in shown.output


def test_a_dry_run_writes_nothing(image: Made, disk: Path) -> None:
    shown = write(image.path, disk, "--dry-run")
    assert shown.exit_code == 0
    assert "huxiao/claim.json" in shown.output
    assert not any(disk.read_bytes())


def test_whoever_types_something_else_loses_nothing(image: Made, disk: Path) -> None:
    refused = write(image.path, disk, typed="y\n")
    assert refused.exit_code == Exit.REFUSED
    assert not any(disk.read_bytes())


def test_whoever_goes_away_at_the_question_loses_nothing(image: Made, disk: Path) -> None:
    gone = write(image.path, disk, typed="")
    assert (gone.exit_code, "什么也没写" in gone.output) == (Exit.STOPPED, True)
    assert not any(disk.read_bytes())


def test_a_half_unpacked_image_is_no_image(image: Made, disk: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.img.xz"
    torn.write_bytes(lzma.compress(image.path.read_bytes())[:-4000])
    refused = write(torn, disk)
    assert refused.exit_code == Exit.IMAGE
    assert "重新下载" in refused.output
    assert disk.read_bytes()[510:512] != b"\x55\xaa"


@pytest.mark.parametrize(("files", "code"), [(FOREIGN, Exit.IMAGE), (FULL, Exit.SETTINGS)])
def test_an_image_that_cannot_be_told_is_refused_before_anything_is_erased(
    disk: Path, tmp_path: Path, files: dict[str, bytes], code: Exit
) -> None:
    made = made_image(tmp_path / "other.img", files, boot_mib=34, root_mib=4)
    with disk.open("r+b") as out:
        out.write(b"somebody's pictures")
    refused = write(made.path, disk)
    assert refused.exit_code == code, refused.output
    assert disk.read_bytes().startswith(b"somebody's pictures")


def test_a_zip_is_to_be_unpacked_first(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    refused = write(tmp_path / "a.zip", disk)
    assert (refused.exit_code, "解压" in refused.output) == (Exit.IMAGE, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--board", "pi9"), Exit.USAGE, "pi4, pi5"),
        (("--board", "jetson-orin"), Exit.USAGE, "huxiao-flash jetson"),
        (("--wifi-ssid", "x"), Exit.USAGE, "无线密码"),
        (("--address", "10.0.0.2/24", "--gateway", "10.9.0.1"), Exit.USAGE, "网关"),
        (("--address", "10.0.0.2"), Exit.USAGE, "10.20.0.7/24"),
        (("--address", "10.0.0.2/24", "--dns", "gateway"), Exit.USAGE, "不是 IP 地址"),
        (("--gateway", "10.9.0.1"), Exit.USAGE, "network: 网关和 DNS 只用于固定地址"),
        (("--device", "Wat er"), Exit.USAGE, "小写字母"),
        (("--wifi-ssid", "x", "--wifi-key-file", sys.executable), Exit.USAGE, "UTF-8"),
        (("--profile", sys.executable), Exit.USAGE, "以 .toml 结尾"),
        (("--sha256", "abc"), Exit.USAGE, "64 个十六进制字符"),
        (("--sha256", "0" * 64), Exit.IMAGE, "不是预期的"),
    ],
)
def test_each_mistake_has_its_sentence_and_code(
    image: Made, disk: Path, words: tuple[str, ...], code: Exit, said: str
) -> None:
    refused = write(image.path, disk, *words)
    assert refused.exit_code == code, refused.output
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_claim_that_is_none_is_refused(image: Made, disk: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text("hello")
    refused = run("write", image.path, disk, *WATER, "--claim", tmp_path / "wrong.json")
    assert (refused.exit_code, "入网码" in refused.output) == (Exit.USAGE, True)


def test_whoever_holds_a_wrong_claim_is_told_where_to_get_one(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text('{"claim": "x"}')
    refused = run("write", disk, disk, *WATER, "--claim", tmp_path / "wrong.json")
    assert "向区里要新的" in refused.output
    assert "huxiao-central device claim" in refused.output


def test_what_is_no_image_is_called_so(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.img").write_bytes(b"buy cards" * 1000)
    refused = write(tmp_path / "notes.img", disk)
    assert (refused.exit_code, "不是系统镜像" in refused.output) == (Exit.IMAGE, True)


@pytest.mark.parametrize("verb", ["inspect", "verify"])
def test_a_disk_that_is_not_there_is_called_so(image: Made, tmp_path: Path, verb: str) -> None:
    for gone in (run(verb, tmp_path / "sdx"), write(image.path, tmp_path / "sdx")):
        assert (gone.exit_code, "huxiao-flash list" in gone.output) == (Exit.REFUSED, True)


def test_a_file_is_not_told_to_go_into_the_device(image: Made, disk: Path) -> None:
    assert "Imager" in write(image.path, disk).output


def test_a_list_from_excel_says_how_to_save_it(image: Made, disk: Path, tmp_path: Path) -> None:
    file = rows(tmp_path, "water-001")
    file.write_bytes(file.read_text("utf-8-sig").encode("gbk"))
    refused = run("batch", file, image.path, disk, "--without-payload")
    assert (refused.exit_code, "CSV UTF-8" in refused.output) == (Exit.USAGE, True)


def test_a_stock_image_needs_the_payload(image: Made, disk: Path) -> None:
    claim = ticket_file(disk.parent)
    refused = run("write", image.path, disk, *WATER[:-1], "--claim", claim)
    assert (refused.exit_code, "build-image" in refused.output) == (Exit.USAGE, True)


def test_this_computers_own_disk_is_refused_whatever_is_asked(image: Made, tmp_path: Path) -> None:
    shown = subprocess.run(
        ["findmnt", "-no", "SOURCE", "/"], capture_output=True, text=True, check=True
    )
    root = Path(shown.stdout.strip())
    if not root.is_block_device():  # in a container root is no disk: there is none to be lost
        return
    disk = subprocess.run(
        ["lsblk", "-npo", "PKNAME,PATH", root], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    flags = ("--yes", "--unmount", "--allow-internal", "--allow-large", "--allow-loop")
    claim = ticket_file(tmp_path)
    refused = run("write", image.path, disk, *WATER, "--claim", claim, *flags)
    assert refused.exit_code in {Exit.REFUSED, Exit.BUSY}, refused.output


def test_a_changed_card_is_noticed(image: Made, disk: Path) -> None:
    assert write(image.path, disk).exit_code == 0
    with disk.open("r+b") as out:
        out.seek(image.boot_at + image.boot_size + 4 * MIB)
        out.write(b"x")
    changed = run("verify", disk)
    assert (changed.exit_code, "变了" in changed.output) == (Exit.VERIFY, True)


def test_a_changed_kernel_is_noticed(image: Made, disk: Path) -> None:
    assert write(image.path, disk).exit_code == 0
    held = disk.read_bytes()
    at = held.index(TRIXIE["kernel8.img"][:4096])
    with disk.open("r+b") as out:
        out.seek(at + 2048)
        out.write(b"x")
    changed = run("verify", disk)
    assert (changed.exit_code, "kernel8.img" in changed.output) == (Exit.VERIFY, True)


def test_an_interrupted_card_says_what_it_is(disk: Path) -> None:
    shown = run("inspect", disk)
    assert (shown.exit_code, "重新写" in shown.output) == (Exit.VERIFY, True)


def test_list_speaks_of_this_computer() -> None:
    shown = run("list", "--all", "--json")
    assert shown.exit_code == 0, shown.output
    assert all(json.loads(line)["path"] for line in shown.stdout.splitlines())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(shell: str) -> None:
    assert "_HUXIAO_FLASH_COMPLETE" in run("completion", shell).output


def test_the_flasher_starts_without_the_rest_of_the_house() -> None:
    code = (
        "import sys, firmware_config.commands.write as _;"
        "print({m.split('.')[0] for m in sys.modules} & {'edge_agent', 'central', 'flask', 'cv2'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def rows(folder: Path, *devices: str) -> Path:
    file = folder / "devices.csv"
    head = "device_id,profile,board,claim,site_name\n"
    lines = [
        f"{one},water,pi5,{TICKET.line().replace('0123abcd', f'{number:08x}')},东湖 {number}\n"
        for number, one in enumerate(devices)
    ]
    file.write_text("\ufeff" + head + "".join(lines), encoding="utf-8")
    return file


def test_a_batch_goes_on_where_it_stopped(image: Made, disk: Path, tmp_path: Path) -> None:
    file = rows(tmp_path, "water-001", "water-002")
    words = ("batch", file, image.path, disk, "--without-payload")
    stopped = run(*words, typed="disk.img\n\nno\n")
    assert stopped.exit_code == Exit.REFUSED
    assert "water-001" in (tmp_path / "devices.done.csv").read_text()
    again = run(*words, typed="disk.img\n")
    assert again.exit_code == 0, again.output
    assert "还要写 1 张" in again.output
    card = Made(disk, image.boot_at, image.boot_size)
    assert b'"water-002"' in got(card, "huxiao/device.toml")
    assert "全部完成" in run(*words).output


def test_a_list_is_checked_whole_before_the_first_card(
    image: Made, disk: Path, tmp_path: Path
) -> None:
    file = rows(tmp_path, "water-001", "water-001")
    refused = run("batch", file, image.path, disk, "--without-payload")
    assert refused.exit_code == Exit.USAGE
    assert "相同" in refused.output
    assert not any(disk.read_bytes())
