"""The gallery: whether it can be delivered, where its keys lie, how much it holds."""

from collections.abc import Iterator
from pathlib import Path

from edge_agent.config import EdgeConfig
from edge_agent.core.checks import Finding
from edge_agent.ports import GalleryError
from edge_agent.wiring.gallery_delivery import gallery_file, public_signing_key

IN_MEMORY = {"tmpfs", "ramfs"}
_MOUNTS = Path("/proc/mounts")


def check_gallery(config: EdgeConfig) -> Iterator[Finding]:
    """Look at what recognition needs; a site without it is whole and nothing is said."""
    if not config.faces.enabled:
        return
    key_file = config.broker.signing_key_file
    if key_file is None:
        said = "没有平台签名公钥,不会有人脸库 (no signing key: no gallery will come)"
        yield Finding("gallery", "warn", said, 'signing_key_file = "central.pub"')
        return
    try:
        public_signing_key(key_file)
        yield _held(config)
    except GalleryError as error:
        yield Finding("gallery", "fail", str(error))
    folder = config.gallery.key_dir
    if filesystem_of(folder.absolute(), _MOUNTS) not in IN_MEMORY:
        said = (
            f"密钥目录不在内存里,断电后小偷能读 (keys outlive a power cut, a thief reads): {folder}"
        )
        yield Finding("gallery.keys", "warn", said, 'key_dir = "/run/huxiao"')


def filesystem_of(folder: Path, mounts: Path) -> str:
    """Tell on which kind of file system a folder lies."""
    try:
        rows = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    above = [row for row in rows if folder.is_relative_to(row[1])]
    return max(above, key=lambda row: len(row[1]))[2] if above else ""


def _held(config: EdgeConfig) -> Finding:
    file = gallery_file(config)
    if not file.path.exists():
        said = "还没有收到人脸库 (no gallery has come yet)"
        return Finding("gallery", "warn", said, "huxiao-central enrolment list")
    count, revision = len(file.entries()), file.standing().revision
    return Finding("gallery", "ok", f"第 {revision} 版,{count} 条 (revision, entries)")
