import pytest

from firmware_config.core.payload import Wanted, apt_words, fitting, pip_words

EXPORTED = """\
# made by uv
click==8.5.1 ; (platform_machine == 'aarch64' or platform_machine == 'x86_64') and sys_platform == 'linux' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
lgpio==0.2.2.0 ; platform_machine == 'aarch64' and sys_platform == 'linux' \\
    --hash=sha256:cc
numpy==1.26.4 ; python_full_version < '3.12' and sys_platform == 'linux' \\
    --hash=sha256:dd
numpy==2.5.5 ; python_full_version >= '3.12' and sys_platform == 'linux' \\
    --hash=sha256:ee
pip==26.3 \\
    --hash=sha256:ff
"""  # noqa: E501


@pytest.mark.parametrize(
    ("wanted", "sums"),
    [
        (Wanted("bookworm", "arm64"), "aa bb cc dd ff"),
        (Wanted("trixie", "arm64"), "aa bb ee ff"),
        (Wanted("bookworm", "amd64"), "aa bb dd ff"),
    ],
)
def test_each_system_gets_its_own(wanted: Wanted, sums: str) -> None:
    kept = fitting(EXPORTED, wanted)
    assert [
        word.removeprefix("--hash=sha256:") for word in kept.split() if "hash" in word
    ] == sums.split()
    assert ";" not in kept
    assert "click==8.5.1 \\\n" in kept


def test_nothing_is_built_and_nothing_comes_without_its_sum() -> None:
    words = pip_words(Wanted("trixie", "arm64"), "r.txt", "to")
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps"} <= set(words)
    assert words[words.index("--python-version") + 1] == "3.13"
    assert "manylinux_2_28_aarch64" in words
    assert "manylinux_2_40_aarch64" in words
    assert "manylinux_2_40_aarch64" not in pip_words(Wanted("bookworm", "arm64"), "r", "to")


def test_apt_reads_nothing_of_this_machine() -> None:
    words = apt_words(Wanted("bookworm", "arm64"), "/place", "/key.gpg")
    said = dict(word.split("=", 1) for word in words if word != "-o")
    assert said["Dir"] == "/place"
    assert said["Dir::State::status"] == "/place/status"
    assert said["APT::Architectures"] == "arm64"
