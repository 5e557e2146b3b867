"""A backup brings a district back, whole; who was withdrawn since does not come back with it."""

import hashlib
import json
import sqlite3
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from central.adapters.backup.making import kept
from central.adapters.backup.sealing import BackupError, Sealer
from central.adapters.galleries.keys import KeyGoneError
from central.adapters.registry.roster import Roster
from central.adapters.store import pupils
from central.cli import main
from central.commands.options import EXIT_REFUSED
from central.wiring import open_central
from tests.integration.databases import Cluster

ROSTER = "学校,班级,学号,姓名\nschool:a,3-1,1,张小明\nschool:a,3-1,2,李小红\n"
PASSPHRASE = "a passphrase that nobody guesses"  # noqa: S105 - of a test


class Desk:
    """An operator with a district of one school, and a folder for backups."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.copies = folder, folder / "data", folder / "copies"
        self.secret = folder / "passphrase"
        self.secret.write_text(PASSPHRASE)
        (folder / "r.csv").write_text(ROSTER)
        for words in (("init",), ("unit", "add", "school:a", "--name", "实验小学"),
                      ("roster", "import", folder / "r.csv")):  # fmt: skip
            assert self.types(*words).exit_code == 0
        content = b"a picture" * 300_000  # more than one piece
        self.picture = hashlib.sha256(content).hexdigest()
        place = self.data / "evidence" / self.picture[:2] / self.picture
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)

    def types(self, *words: str | Path, data: Path | None = None) -> Result:
        arguments = [*map(str, words), "--data", str(data or self.data)]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def backs_up(self, verb: str = "make") -> Result:
        where = ("--to", self.copies, "--passphrase-file", self.secret)
        return self.types("backup", verb, *where, "--json")

    def restores(self, target: Path, source: Path | None = None) -> Result:
        return self.types("restore", source or self.copies, "--passphrase-file", self.secret,
                          "--json", data=target)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def names_in(data: Path) -> dict[str, str]:
    central = open_central(data)
    roster: Roster = central.roster()
    with central.store.reading() as connection:
        found = {}
        for number in ("1", "2"):
            pupil = pupils.by_school_no(connection, "school:a", number)
            if pupil is not None:
                found[number] = roster.name(pupil)
    central.store.close()
    return found


def test_a_district_comes_back_with_names_pictures_and_its_audit_chain(desk: Desk) -> None:
    made = desk.backs_up()
    assert made.exit_code == 0, made.output
    target = desk.folder / "elsewhere"
    told = json.loads(desk.restores(target).stdout)
    assert (told["audit_is_whole"], told["forgotten"], told["bad_files"]) == (True, 0, [])
    assert names_in(target) == {"1": "张小明", "2": "李小红"}
    assert (target / "evidence" / desk.picture[:2] / desk.picture).exists()
    assert (target / "vault.key").read_bytes() == (desk.data / "vault.key").read_bytes()
    assert (target / "central.db").stat().st_mode & 0o077 == 0


def test_nothing_in_a_backup_is_readable_without_the_passphrase(desk: Desk) -> None:
    desk.backs_up()
    for path in desk.copies.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (b"SQLite format", b"a picture", "实验小学".encode(), b"school:a"):
            assert secret not in content
    with pytest.raises(BackupError, match="wrong passphrase"):
        Sealer.of(desk.copies, "another passphrase than that")


def test_who_was_withdrawn_since_stays_withdrawn(desk: Desk) -> None:
    desk.backs_up()
    (old,) = kept(desk.copies)
    desk.types("roster", "withdraw", "school:a", "1")
    time.sleep(1.1)  # backups are named by the second
    desk.backs_up()
    target = desk.folder / "elsewhere"
    told = json.loads(desk.restores(target, old).stdout)
    assert told["forgotten"] == 1
    assert names_in(target) == {"2": "李小红"}


def test_what_the_district_deletes_goes_from_the_backups_too(desk: Desk) -> None:
    desk.backs_up()
    mirror = desk.copies / "evidence" / desk.picture[:2] / desk.picture
    assert mirror.exists()
    (desk.data / "evidence" / desk.picture[:2] / desk.picture).unlink()
    time.sleep(1.1)
    desk.backs_up()
    assert not mirror.exists()


@pytest.mark.parametrize("damage", ["cut", "flip", "swap"])
def test_a_damaged_backup_is_found_by_the_check(desk: Desk, damage: str) -> None:
    desk.backs_up()
    (folder,) = kept(desk.copies)
    file = folder / "database.sealed"
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[:-20])
    elif damage == "flip":
        file.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    else:
        file.write_bytes((folder / "settings.sealed").read_bytes())
    found = desk.backs_up("check")
    assert (found.exit_code, "damaged" in found.stderr) == (EXIT_REFUSED, True)


def test_a_drill_brings_it_back_and_leaves_nothing_behind(desk: Desk) -> None:
    desk.backs_up()
    before = set(desk.folder.iterdir())
    told = json.loads(desk.backs_up("drill").stdout)
    assert told["audit_is_whole"]
    assert set(desk.folder.iterdir()) == before


def test_nothing_is_overwritten(desk: Desk) -> None:
    desk.backs_up()
    again = desk.restores(desk.data)
    assert (again.exit_code, "not empty" in again.stderr) == (EXIT_REFUSED, True)


def test_the_worker_makes_one_when_it_is_time_and_keeps_so_many(desk: Desk) -> None:
    config = desk.data / "central.toml"
    more = '\n[backup]\nfolder = "../copies"\npassphrase_file = "../passphrase"\nkeep = 2\n'
    config.write_text(config.read_text() + more)
    central = open_central(desk.data)
    copies, day = central.backups(), 24 * 3600 * 1000
    at = 1_800_000_000_000
    assert copies.work(at)
    assert not copies.work(at + day - 1)
    for number in (1, 2, 3):
        assert copies.work(at + number * day)
    assert len(kept(desk.copies)) == 2
    central.store.close()


def test_a_disk_that_is_not_mounted_is_not_filled_beneath(desk: Desk) -> None:
    desk.backs_up()
    desk.copies.rename(desk.folder / "unmounted")
    again = desk.backs_up()
    assert (again.exit_code, "mounted" in again.stderr) == (EXIT_REFUSED, True)
    assert not desk.copies.exists()


def test_what_was_left_half_made_goes_with_the_next(desk: Desk) -> None:
    half = desk.copies / ".2026-01-01T000000Z.part"
    half.mkdir(parents=True)
    (half / "database.sealed").write_bytes(b"half")
    assert desk.backs_up().exit_code == 0
    assert not half.exists()


def test_without_settings_the_command_says_what_to_do(desk: Desk) -> None:
    result = desk.types("backup")
    assert (result.exit_code, "[backup]" in result.stderr) == (EXIT_REFUSED, True)


@pytest.mark.stack
def test_a_district_on_postgresql_comes_back(cluster: Cluster, tmp_path: Path) -> None:
    here, there = cluster.fresh_database(), cluster.fresh_database()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)

    def types(*words: str | Path) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], catch_exceptions=False)

    at = ("--data", tmp_path / "data", "--db", here)
    types("init", *at)
    types("unit", "add", "school:a", "--name", "实验小学", *at)
    said = ("--to", tmp_path / "copies", "--passphrase-file", secret)
    for verb in ("make", "check"):
        done = types("backup", verb, *said, *at)
        assert done.exit_code == 0, done.output
    elsewhere = ("--data", tmp_path / "new", "--db", there)
    told = types("restore", tmp_path / "copies", "--passphrase-file", secret, *elsewhere)
    assert (told.exit_code, "完整" in told.stdout) == (0, True)
    assert "实验小学" in types("unit", "list", *elsewhere).stdout
    assert "whole" in types("audit", "verify", *elsewhere).stdout
    for url in (here, there):
        cluster.drop(url)


def test_a_destroyed_key_is_in_no_backup_after_the_next(desk: Desk, tmp_path: Path) -> None:
    desk.backs_up()
    desk.types("roster", "withdraw", "school:a", "1")
    time.sleep(1.1)
    desk.backs_up()
    desk.restores(tmp_path / "new")
    central = open_central(tmp_path / "new")
    with sqlite3.connect(tmp_path / "new" / "central.db") as raw:
        ids = [row[0] for row in raw.execute("select pupil_id from pupil where withdrawn_at > 0")]
    assert len(ids) == 1
    with pytest.raises(KeyGoneError):
        central.gallery_keys().of(f"pupil:{ids[0]}")
    central.store.close()
