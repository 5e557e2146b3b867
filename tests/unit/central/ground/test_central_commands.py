"""What an operator types: each verb does its one thing, says what is wrong, and may be repeated."""

import json
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from central.adapters.clock import now_ms
from central.adapters.store.audit import verify
from central.adapters.store.engine import open_store
from central.cli import main
from central.commands.options import EXIT_CONFIG, EXIT_DATABASE, EXIT_REFUSED
from central.core.people import Actor, Role
from central.wiring import open_central
from edge_agent.config import load_config
from edge_agent.wiring.enrolling import enrolment_key
from edge_agent.wiring.gallery_delivery import public_signing_key
from tests.integration.enrolling_kit import a_request


class Operator:
    """Somebody at a shell with a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def types(self, *words: str, stdin: str = "") -> Result:
        arguments = [*words, "--data", str(self.data)]
        return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)

    def does(self, *words: str, stdin: str = "") -> str:
        result = self.types(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def district(self) -> None:
        """Make a small district."""
        self.does("init")
        for code in ("town:a", "school:a"):
            self.does("unit", "add", code, "--name", "单位")
        self.does("site", "add", "pond", "--kind", "water", "--name", "月湖",
                  "--relation", "town=town:a", "--relation", "school=school:a")  # fmt: skip


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "data")


def test_init_makes_what_is_needed_and_a_second_run_changes_nothing(operator: Operator) -> None:
    operator.does("init")
    before = {path: path.read_bytes() for path in operator.data.rglob("*") if path.is_file()}
    operator.does("init")
    after = {
        path: path.read_bytes() for path in before if path.suffix not in {".db-wal", ".db-shm"}
    }
    assert all(before[path] == after[path] for path in after if path.name != "central.db")
    assert len(json.loads(operator.does("unit", "list", "--json"))) == 15


def test_what_is_secret_is_for_its_owner_only(operator: Operator) -> None:
    operator.does("init")
    names = ("ca/ca.key", "broker/server.key", "broker/central.key", "secret.key", "central.toml",
             "central.db")  # fmt: skip
    for name in names:
        assert stat.S_IMODE((operator.data / name).stat().st_mode) == 0o600, name


def test_a_verb_without_init_says_to_run_it(operator: Operator) -> None:
    result = operator.types("unit", "list")
    assert result.exit_code == EXIT_CONFIG
    assert "huxiao-central init" in result.stderr


def test_wrong_settings_are_named_all_at_once(operator: Operator) -> None:
    operator.does("init")
    file = operator.data / "central.toml"
    file.write_text('colour = 1\n[broker]\nport = 0\nhost = ""\n[email]\nhost = "x"\n')
    result = operator.types("unit", "list")
    assert result.exit_code == EXIT_CONFIG
    for key in ("colour", "broker.port", "broker.host", "email.sender"):
        assert f"{file}: {key}" in result.stderr


def test_a_database_that_cannot_be_reached_is_said_in_words(operator: Operator) -> None:
    url = "postgresql:///huxiao?host=/nowhere&connect_timeout=1"
    result = operator.types("init", "--db", url)
    assert result.exit_code == EXIT_DATABASE
    assert "数据库" in result.stderr


def test_a_person_gets_a_password_shown_once_and_kept_as_a_hash(operator: Operator) -> None:
    operator.district()
    person = ("user", "add", "wang", "--name", "王宁", "--role", "duty_officer", "--unit", "edu")
    password = json.loads(operator.does(*person, "--json"))["password"]
    listed = operator.does("user", "list", "--json")
    assert password not in listed
    assert "argon2" not in listed
    assert operator.types(*person).exit_code == EXIT_REFUSED


def test_a_short_password_is_refused(operator: Operator) -> None:
    operator.district()
    result = operator.types(
        "user", "add", "wang", "--name", "王", "--role", "duty_officer", "--unit", "edu",
        "--password-stdin", stdin="123\n",
    )  # fmt: skip
    assert result.exit_code == EXIT_CONFIG


def test_a_device_gets_a_bundle_with_which_it_can_start(operator: Operator, tmp_path: Path) -> None:
    operator.district()
    bundle = tmp_path / "bundle"
    operator.does("device", "add", "water-001", "--site", "pond", "--profile", "water",
                  "--bundle", str(bundle))  # fmt: skip
    certificate = x509.load_pem_x509_certificate((bundle / "device.crt").read_bytes())
    key = load_pem_private_key((bundle / "device.key").read_bytes(), None)
    authority = x509.load_pem_x509_certificate((bundle / "ca.crt").read_bytes())
    certificate.verify_directly_issued_by(authority)
    assert certificate.public_key() == key.public_key()
    assert certificate.subject.rfc4514_string().startswith("CN=water-001")
    assert certificate.not_valid_before_utc < datetime.now(UTC)
    assert stat.S_IMODE((bundle / "device.key").stat().st_mode) == 0o600
    context = ssl.create_default_context(cafile=str(bundle / "ca.crt"))
    context.load_cert_chain(bundle / "device.crt", bundle / "device.key")
    config = load_config(bundle / "device.toml")
    assert config.device_id == "water-001"
    assert config.broker.signing_key_file == bundle / "central.pub"
    assert len(public_signing_key(bundle / "central.pub")) == 32
    assert len(enrolment_key(bundle / "enrolment.pub")) == 32


@pytest.mark.parametrize(
    "words",
    [
        ("device", "add", "Wasser 1", "--site", "pond", "--profile", "water"),
        ("unit", "add", "village:a", "--name", "x"),
        ("site", "add", "Pond!", "--kind", "water", "--name", "x"),
        ("site", "add", "lake", "--kind", "water", "--name", "x", "--relation", "cousin=town:a"),
    ],
)
def test_a_malformed_name_is_refused_in_words(operator: Operator, words: tuple[str, ...]) -> None:
    operator.district()
    result = operator.types(*words)
    assert result.exit_code == EXIT_CONFIG
    assert "错误 error" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("device", "add", "water-001", "--site", "nowhere", "--profile", "water"),
        ("device", "revoke", "water-009"),
        ("user", "add", "li", "--name", "李", "--role", "guard", "--unit", "school:b"),
        (
            "token",
            "add",
            "--name",
            "x",
            "--role",
            "auditor",
            "--unit",
            "school:b",
            "--scope",
            "all",
        ),
        ("unit", "add", "town:a", "--name", "again"),
    ],
)
def test_what_does_not_exist_or_exists_already_is_refused(
    operator: Operator, words: tuple[str, ...]
) -> None:
    operator.district()
    assert operator.types(*words).exit_code == EXIT_REFUSED


def test_a_device_that_is_refused_leaves_no_certificate_behind(
    operator: Operator, tmp_path: Path
) -> None:
    operator.district()
    bundle = tmp_path / "bundle"
    operator.types("device", "add", "water-001", "--site", "nowhere", "--profile", "water",
                   "--bundle", str(bundle))  # fmt: skip
    assert not bundle.exists()


def test_a_revoked_device_is_on_the_list_that_the_broker_reads(operator: Operator) -> None:
    operator.district()
    bundle = operator.data / "bundle"
    made = json.loads(operator.does("device", "add", "water-001", "--site", "pond", "--profile",
                                    "water", "--bundle", str(bundle), "--json"))  # fmt: skip
    operator.does("device", "revoke", "water-001")
    revoked = x509.load_pem_x509_crl((operator.data / "broker" / "revoked.crl").read_bytes())
    assert [f"{one.serial_number:x}" for one in revoked] == [made["serial"]]


def test_whatever_an_operator_does_is_in_the_audit_chain(operator: Operator) -> None:
    operator.district()
    operator.does(
        "token", "add", "--name", "x", "--role", "auditor", "--unit", "edu", "--scope", "all"
    )
    store = open_store(f"sqlite:///{operator.data / 'central.db'}")
    with store.reading() as connection:
        assert verify(connection) is None
        actions = connection.exec_driver_sql("select action from audit order by id").scalars().all()
    store.close()
    assert actions == ["unit.add", "unit.add", "site.add", "token.add"]


def test_an_operator_lists_withdraws_and_delivers_again(operator: Operator) -> None:
    operator.district()
    operator.does("device", "add", "water-001", "--site", "pond", "--profile", "water",
                  "--bundle", str(operator.data / "bundle"))  # fmt: skip
    central = open_central(operator.data)
    request = a_request(central.gallery_keys(), unit_code="school:a", expires_at=soon())
    lead = Actor("account:x", "x", Role.SCHOOL_SAFETY_LEAD, "school:a")
    with central.store.transaction() as connection:
        central.keeper().enrol(connection, lead, request, now_ms())
    central.store.close()
    listed = json.loads(operator.does("enrolment", "list", "--json"))
    assert [(row["entry_id"], "likeness" in row) for row in listed] == [("p1", False)]
    assert "1 条" in operator.does("enrolment", "resend", "water-001")
    gone = json.loads(operator.does("enrolment", "withdraw", "p1", "--reason", "转学", "--json"))
    assert (gone["devices"], len(gone["key_digest"])) == (["water-001"], 64)
    assert "已注销" in operator.does("enrolment", "list")
    assert operator.types("enrolment", "withdraw", "p9").exit_code == EXIT_REFUSED
    assert operator.types("enrolment", "resend", "water-009").exit_code == EXIT_REFUSED


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=30)


def test_a_contact_is_added_listed_and_removed_with_the_number(operator: Operator) -> None:
    operator.district()
    words = ("--name", "赵大山", "--role", "water_warden", "--unit")
    made = json.loads(operator.does("contact", "add", *words, "town:a", "--phone", "13800000001",
                                    "--json"))  # fmt: skip
    assert "13800000001" in operator.does("contact", "list")
    operator.does("contact", "remove", made["contact_id"])
    assert operator.does("contact", "list").strip() == "还没有 none yet"
    assert operator.types("contact", "remove", made["contact_id"]).exit_code == EXIT_REFUSED
    wrong = [("town:x", ["--phone", "13800000001"]), ("town:a", []),
             ("town:a", ["--phone", "zero"]), ("town:a", ["--email", "nobody"])]  # fmt: skip
    for unit, more in wrong:
        result = operator.types("contact", "add", *words, unit, *more)
        assert result.exit_code in {EXIT_CONFIG, EXIT_REFUSED}, result.output


def test_a_token_without_a_scope_reaches_all_of_its_role_and_that_is_said(
    operator: Operator,
) -> None:
    operator.district()
    made = operator.types("token", "add", "--name", "大屏", "--role", "auditor", "--unit", "edu")
    assert made.exit_code == 0, made.output
    assert "--scope" in made.stderr
    assert json.loads(operator.does("token", "list", "--json"))[0]["scopes"] == "all"


def test_a_token_is_listed_with_its_scopes_and_revoked(operator: Operator) -> None:
    operator.district()
    token = ("token", "add", "--name", "大屏", "--role", "duty_officer", "--unit", "edu")
    made = operator.does(*token, "--scope", "incidents:read", "--scope", "statistics:read")
    assert "hx_" in made
    assert "[incidents:read statistics:read]" in operator.does("token", "list")
    assert json.loads(operator.does("token", "list", "--json"))[0]["token_id"] not in made
    operator.does("token", "revoke", "大屏")
    assert "已作废" in operator.does("token", "list")
    assert operator.types("token", "revoke", "大屏").exit_code == EXIT_REFUSED


def test_a_lost_phone_is_reset_and_a_password_set_anew(operator: Operator) -> None:
    operator.district()
    operator.does("user", "add", "wang", "--name", "王宁", "--role", "dpo", "--unit", "edu")
    assert "second factor is due" in operator.does("user", "list")
    reset = json.loads(operator.does("user", "reset-factors", "wang", "--json"))
    assert reset["had"] == {"app": False, "passkeys": 0}
    assert "password" in json.loads(operator.does("user", "set-password", "wang", "--json"))
    weak = operator.types("user", "set-password", "wang", "--password-stdin",
                          stdin="password123\n")  # fmt: skip
    assert weak.exit_code == EXIT_CONFIG
    for verb in ("reset-factors", "set-password"):
        assert operator.types("user", verb, "nobody").exit_code == EXIT_REFUSED


def test_an_unknown_role_in_the_settings_is_named(operator: Operator) -> None:
    operator.does("init")
    settings = operator.data / "central.toml"
    known = settings.read_text("utf-8")
    said = '[sign_in]\nsecond_factor_roles = ["chief"]'
    settings.write_text(known.replace("[sign_in]", said), "utf-8")
    result = operator.types("user", "list")
    assert result.exit_code == EXIT_CONFIG
    assert "chief" in result.output


def test_statistics_are_made_anew_and_nothing_differs(operator: Operator) -> None:
    operator.district()
    assert json.loads(operator.does("statistics", "rebuild", "--json")) == {"differed": 0}


def test_a_months_bulletin_is_written_and_a_wrong_month_is_said(
    operator: Operator, tmp_path: Path
) -> None:
    operator.district()
    out = tmp_path / "bulletin.docx"
    assert str(out) in operator.does("bulletin", "2026-11", "--out", str(out))
    assert out.read_bytes()[:2] == b"PK"
    assert operator.types("bulletin", "2026-13", "--out", str(out)).exit_code == EXIT_CONFIG
