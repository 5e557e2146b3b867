"""What is on a card: read only, never a secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from firmware_config.adapters.card import reading
from firmware_config.core.fat import FatError, FatVolume
from firmware_config.core.partitions import PartitionError, Read, boot_partition
from firmware_config.ports import Exit, FlashError

NOT_BOOTABLE = "写到一半就中断的卡是这样,请重新写 (an interrupted card looks so: write it again)"


@contextmanager
def opened(path: Path) -> Iterator[tuple[Read, FatVolume]]:
    """Open a card or image for reading: its bytes, and its boot partition.

    Raises:
        FlashError: it cannot be read, or cannot boot.
    """
    try:
        with reading(path) as read:
            try:
                boot = boot_partition(read)
                volume = FatVolume(read, boot.start, datetime.now(UTC))
            except (PartitionError, FatError, ValueError, IndexError) as error:
                said = f"{path} 不能启动 (cannot boot): {error}"
                raise FlashError(Exit.VERIFY, said, NOT_BOOTABLE) from error
            yield read, volume
    except FileNotFoundError as error:
        said = f"没有 {path} (no such disk or file)"
        raise FlashError(Exit.REFUSED, said, "huxiao-flash list") from error
    except PermissionError as error:
        advice = 'sudo env "PATH=$PATH" huxiao-flash …'
        raise FlashError(Exit.REFUSED, f"没有读 {path} 的权限 (no permission)", advice) from error
    except OSError as error:
        raise FlashError(Exit.CARD, f"{path}: {error.strerror}", "请重新插卡") from error
