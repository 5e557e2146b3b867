"""What codes about devices and their certificates are called."""

from collections.abc import Mapping

from central.core.claims import REFUSAL_WORDS, WORDS

CLAIM_STATES: Mapping[str, tuple[str, str]] = {
    "open": ("待使用", "not used yet"),
    "used": ("已领证书,等待上线", "certificate issued, not seen yet"),
    "online": ("已上线", "online"),
    "expired": ("已过期", "too old"),
    "withdrawn": ("已作废", "withdrawn"),
}
CLAIM_STEPS = {step.value: words for step, words in WORDS.items()}
CLAIM_REFUSALS = {code.value: words for code, words in REFUSAL_WORDS.items()}
