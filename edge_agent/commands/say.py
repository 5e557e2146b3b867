"""`huxiao-edge say`: hear what the fence would say."""

import json
from pathlib import Path

import click

from edge_agent.adapters.voice.library import write_whole
from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.adapters.voice.synthesis import seconds_of
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, VoiceConfig, load_config
from edge_agent.ports import SpeakerError
from edge_agent.wiring.speaking import open_library, open_player


@click.command(epilog=EXITS_HELP)
@click.argument("text")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写成 WAV 文件 write")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="设备配置 config")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def say(text: str, out: Path | None, config_file: Path | None, as_json: bool) -> None:
    """喊出一句话,与电子围栏喊话同一条路径。 Speak TEXT exactly as the fence would.

    TEXT 也可以是喊话编号(如 line_crossed)。 TEXT may also be a phrase's id.
    """
    try:
        voice = _voice_of(config_file)
        library = open_library(voice)
        known = text in library
        content = library.sound(text) if known else library.of_text(text)
        if out:
            write_whole(out, content)
        else:
            open_player(voice).play(text if known else "say", content)
    except ConfigError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    except SpeakerError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.VOICE) from None
    _tell(text, out, seconds_of(content), as_json=as_json)


def _voice_of(config_file: Path | None) -> VoiceConfig:
    return load_config(config_file).voice if config_file else VoiceConfig.model_validate_json("{}")


def _tell(text: str, out: Path | None, seconds: float, *, as_json: bool) -> None:
    where = str(out) if out else None
    if as_json:
        facts = {"text": text, "pinyin": to_pinyin(text), "seconds": round(seconds, 2)}
        click.echo(json.dumps({**facts, "out": where}, ensure_ascii=False))
    else:
        click.echo(f"{where or '已喊话 spoken'} ({seconds:.1f} s)")
