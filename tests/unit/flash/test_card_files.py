import io
import json
import subprocess
import tarfile
import tomllib
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from edge_agent.config import load_config
from firmware_config.adapters.parts import board, names, parts, profile
from firmware_config.core.card_files import card_files
from firmware_config.core.device import Network, Wifi, first_config, mismatch
from firmware_config.core.firewall import nftables
from firmware_config.core.formats import Format, UnknownFormatError, command_line, format_of
from firmware_config.core.partitions import with_data_partition
from firmware_config.core.profiles import FirewallSettings, Profile
from firmware_config.ports import FlashError
from tests.unit.flash.images import BOOKWORM, FOREIGN, TRIXIE, tool
from tests.unit.flash.plans import PHRASE, SECRET, plan

FIXED = Network(address="10.20.0.7/24", gateway="10.20.0.1", dns=("10.20.0.2",))
HIDDEN = Network(wifi=Wifi(ssid="护校", key=SecretStr(PHRASE), is_hidden=True))


def files(image: Format = Format.CLOUD_INIT, **other: object) -> dict[str, bytes]:
    held = TRIXIE if image is Format.CLOUD_INIT else BOOKWORM
    return card_files(plan(**other), parts(), image, held.get, root_is_ours=True)


@pytest.mark.parametrize("network", [Network(), FIXED, HIDDEN], ids=["dhcp", "fixed", "hidden"])
def test_cloud_init_itself_accepts_what_we_write(tmp_path: Path, network: Network) -> None:
    made = files(network=network)
    (tmp_path / "user-data").write_bytes(made["user-data"])
    done = subprocess.run(
        [tool("cloud-init"), "schema", "--config-file", tmp_path / "user-data"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Valid" in done.stdout + done.stderr
    said = json.loads(made["network-config"])
    assert said["version"] == 2
    assert said["ethernets"]["wired"]["optional"] is True


@pytest.mark.parametrize("name", names("profiles"))
@pytest.mark.parametrize("page_from", [(), ("10.0.0.0/8", "fd00::/8")], ids=["closed", "open"])
def test_the_kernels_own_checker_accepts_the_firewall(
    tmp_path: Path, name: str, page_from: tuple[str, ...]
) -> None:
    ssh = profile(name).firewall.ssh_from
    rules = tmp_path / "nftables.conf"
    rules.write_text(nftables(FirewallSettings(ssh_from=ssh, page_from=page_from)))
    done = subprocess.run(
        [tool("unshare"), "-rn", tool("nft"), "-c", "-f", rules],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nobody_comes_in_where_nobody_is_named() -> None:
    rules = nftables(FirewallSettings())
    assert "policy drop" in rules
    assert "dport 22" not in rules
    assert "dport 8443" not in rules


def test_no_secret_lies_where_it_stays() -> None:
    made = files()
    stays = {path: data for path, data in made.items() if path != "huxiao/claim.json"}
    assert not [path for path, data in stays.items() if SECRET.encode() in data]
    assert not [path for path, data in made.items() if PHRASE.encode() in data]


def test_the_devices_own_config_is_one_that_the_device_takes(tmp_path: Path) -> None:
    (tmp_path / "device.toml").write_bytes(files()["huxiao/device.toml"])
    config = load_config(tmp_path / "device.toml")
    assert (config.device_id, config.profile) == ("water-001", "water")


def test_the_system_tree_has_what_the_device_runs_and_nothing_of_the_centre() -> None:
    made = files()
    with tarfile.open(fileobj=io.BytesIO(made["huxiao/system.tar"])) as tar:
        modes = {one.name: one.mode for one in tar}
    units = {path.rsplit("/", 1)[1] for path in modes if path.endswith(".service")}
    assert {"huxiao-watch.service", "huxiao-enrol.service", "huxiao-clock-floor.service"} <= units
    assert not units & {"huxiao-central.service", "huxiao-broker.service"}
    assert modes["usr/lib/huxiao/clock-floor"] == 0o755
    assert not any(path.startswith("etc/NetworkManager") for path in modes)
    assert made == files()  # the same plan makes the same bytes


def test_bookworm_gets_its_network_as_its_own_system_keeps_it() -> None:
    made = files(Format.FIRSTRUN, network=HIDDEN)
    with tarfile.open(fileobj=io.BytesIO(made["huxiao/system.tar"])) as tar:
        found = tar.getmember("etc/NetworkManager/system-connections/huxiao-wifi.nmconnection")
        text = tar.extractfile(found).read().decode()  # type: ignore[union-attr]
    assert found.mode == 0o600
    assert f"psk={HIDDEN.wifi.hashed()}" in text  # type: ignore[union-attr]
    assert "hidden=true" in text
    assert "user-data" not in made


def test_a_derived_key_is_what_wpa_derives() -> None:
    # the example of IEEE 802.11i, annex H.4
    wifi = Wifi(ssid="IEEE", key=SecretStr("password"))
    assert wifi.hashed() == "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"


def test_the_image_tells_its_own_way_and_is_never_guessed() -> None:
    def told(held: dict[str, bytes]) -> Format:
        return format_of({name: len(data) for name, data in held.items()}, held.__getitem__)

    assert told(TRIXIE) is Format.CLOUD_INIT
    assert told(BOOKWORM) is Format.FIRSTRUN
    for held in (FOREIGN, {}, {"config.txt": b"", "cmdline.txt": b"root=/dev/sda2"}):
        with pytest.raises(UnknownFormatError):
            told(held)


def test_writing_a_card_twice_leaves_one_set_of_words() -> None:
    once = command_line("root=x rootwait resize", "ds=nocloud;i=a", root_is_ours=True)
    again = command_line(once, "ds=nocloud;i=b", root_is_ours=True)
    assert again == "root=x rootwait ds=nocloud;i=b\n"
    assert "resize" in command_line("rootwait resize", "a", root_is_ours=False)


def test_config_txt_keeps_its_own_lines_and_gets_the_boards_once() -> None:
    text = files()["config.txt"].decode()
    assert text.startswith("[all]\nenable_uart=1\n")
    assert text.count("dtparam=watchdog=on") == 1


@pytest.mark.parametrize("name", names("profiles"))
def test_our_profiles_and_boards_fit_together(name: str) -> None:
    ours = profile(name)
    assert all(not mismatch(ours, board(one)) for one in ours.boards)
    assert all(ip_network(one).is_private for one in ours.firewall.ssh_from)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"clock": {"waits_for_sync": True}}, "clock"),
        ({"updates": {"reboots": True}}, "reboot"),
        ({"processes": ["watch", "page"]}, "link"),
        ({"surprise": 1}, "surprise"),
        ({"storage": {"root_gib": 1}}, "root_gib"),
        ({"firewall": {"ssh_from": ["everybody"]}}, "ssh_from"),
    ],
)
def test_a_water_profile_that_endangers_is_refused(changed: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Profile.model_validate(profile("water").model_dump() | changed)


def test_a_mistake_in_a_file_says_where(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "gate"\ntitle = "x"\nboards = ["pi9"]\nprocesses = ["watch", "link"]\n')
    with pytest.raises(FlashError, match="boards"):
        profile(str(file))
    with pytest.raises(FlashError, match="没有"):
        profile("garden")


def test_a_gateway_outside_its_network_is_refused() -> None:
    with pytest.raises(ValidationError, match="gateway"):
        Network(address="10.20.0.7/24", gateway="10.21.0.1")


def test_a_table_without_room_stays_as_it_is() -> None:
    assert with_data_partition(bytes(512), 64 * 1024**3, 8 * 1024**3) is None


def test_exported_schemas_are_those_of_the_code() -> None:
    folder = Path(__file__).resolve().parents[3] / "docs" / "firmware"
    for name, model in (("profile", Profile), ("board", type(board("pi4")))):
        kept = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
        assert kept == model.model_json_schema(), f"huxiao-flash profile schema {name} > ..."


@pytest.mark.parametrize("said", ["一中\n", '东湖 "北" \\ 岸', ""])
def test_any_name_of_a_site_is_sound_toml(said: str) -> None:
    text = first_config("water-001", "water", said, "https://central.example:8443")
    assert tomllib.loads(text)["site_name"] == said
