"""What a payload holds, for which system, and how it is said to pip and apt."""

from dataclasses import dataclass
from typing import Literal

from packaging.markers import Marker

Release = Literal["bookworm", "trixie"]
Machine = Literal["arm64", "amd64"]

PYTHON = {"bookworm": "3.11", "trixie": "3.13"}
"""Each release's own Python."""
GLIBC = {"bookworm": 36, "trixie": 41}
OLDEST_GLIBC = 17  # manylinux2014
PLATFORM = {"arm64": "aarch64", "amd64": "x86_64"}

PACKAGES = ("alsa-utils", "chrony", "espeak-ng", "libatomic1", "nftables", "python3-venv")
"""Debian packages that a device needs and a Raspberry Pi OS Lite does not bring."""

INSTEAD: dict[Release, dict[str, str]] = {"trixie": {"lgpio": "python3-lgpio"}}
"""Python packages without a wheel for a release's Python, and Debian's own in their place."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The system that the payload is for."""

    release: Release
    machine: Machine

    @property
    def packages(self) -> tuple[str, ...]:
        """The Debian packages, sorted."""
        return tuple(sorted({*PACKAGES, *INSTEAD.get(self.release, {}).values()}))

    @property
    def python(self) -> str:
        return PYTHON[self.release]


def pip_words(wanted: Wanted, requirements: str, target: str) -> list[str]:
    """Give pip's words: ready-made wheels only, for that system, each with its sum."""
    platform = PLATFORM[wanted.machine]
    newest = GLIBC[wanted.release]
    platforms = [f"manylinux_2_{minor}_{platform}" for minor in range(newest, OLDEST_GLIBC - 1, -1)]
    words = [
        "download", "--disable-pip-version-check", "--quiet", "--no-deps", "--require-hashes",
        "--ignore-requires-python",  # the lock has judged, without upper bounds
        "--only-binary=:all:", "--implementation", "cp", "--python-version", wanted.python,
        "--dest", target, "--requirement", requirements,
    ]  # fmt: skip
    for one in (*platforms, f"manylinux2014_{platform}", f"linux_{platform}"):
        words += ["--platform", one]
    return words


def fitting(requirements: str, wanted: Wanted) -> str:
    """Keep what is for that machine and that Python: pip judges the rest by this machine.

    `requirements` is uv's export; each begins at the line's first column, its sums follow indented.
    """
    kept: list[str] = []
    is_kept = False
    for line in requirements.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            name = line.partition("==")[0]
            is_kept = name not in INSTEAD.get(wanted.release, {}) and _is_for(
                line.partition(";")[2].rstrip(" \\"), wanted
            )
            line = _unconditional(line)  # noqa: PLW2901 the same requirement
        if is_kept:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _unconditional(line: str) -> str:
    name, _semicolon, _marker = line.partition(";")
    return name.rstrip(" \\") + (" \\" if line.endswith("\\") else "")


def _is_for(marker: str, wanted: Wanted) -> bool:
    if not marker.strip():
        return True
    return Marker(marker).evaluate(
        {
            "platform_machine": PLATFORM[wanted.machine],
            "sys_platform": "linux",
            "python_version": wanted.python,
            "python_full_version": f"{wanted.python}.2",
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
            "extra": "edge",
        }
    )


def apt_words(wanted: Wanted, place: str, keyring: str) -> list[str]:
    """Give apt's words for a place of its own: nothing of this machine is read or changed."""
    said = {
        "Dir": place,
        "Dir::State::status": f"{place}/status",
        "Dir::Etc::sourcelist": f"{place}/sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::trustedparts": "-",
        "Dir::Etc::trusted": keyring,
        "APT::Architecture": wanted.machine,
        "APT::Architectures": wanted.machine,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "true",
    }
    return [word for key, value in said.items() for word in ("-o", f"{key}={value}")]


def sources(wanted: Wanted, mirror: str) -> str:
    """Give Debian's sources; Raspberry Pi OS, 64 bit, is Debian with a few packages of its own."""
    release = wanted.release
    return f"deb {mirror} {release} main\ndeb {mirror} {release}-updates main\n"
