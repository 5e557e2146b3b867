"""`huxiao-edge say`: hear what the fence would say."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from edge_agent.adapters.voice.files import write_whole
from edge_agent.adapters.voice.pinyin import pinyin_of, to_pinyin
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, VoiceConfig, load_config
from edge_agent.core.naming import Addressee
from edge_agent.ports import SpeakerError
from edge_agent.wiring.speaking import Opened, open_sounds, play_once, sound_for


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which phrase, its text and how that is read, its sound, and whether it names somebody."""

    phrase_id: str
    text: str
    pinyin: str
    content: bytes
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What to say: a phrase or any text, and to whom."""

    text: str
    phrase_id: str
    to: Addressee
    place: str | None

    def voice(self, config_file: Path | None) -> VoiceConfig:
        """Give the site's voice; somebody named here is named as in the mode that says most."""
        base = VoiceConfig.model_validate_json("{}")
        voice = load_config(config_file).voice if config_file else base
        changed: dict[str, object] = {} if self.place is None else {"place": self.place}
        if config_file is None and (self.to.name or self.to.class_name):
            changed["naming"] = "name_and_class"
        return voice.model_copy(update=changed)

    def spoken(self, sounds: Opened) -> Spoken:
        """Make its sound."""
        library = sounds.library
        phrase_id = self.phrase_id or (self.text if self.text in library else "")
        if not phrase_id:
            pinyin = to_pinyin(self.text, library.readings)
            return Spoken("say", self.text, pinyin, library.of_text(self.text))
        plain = library.texts.get(phrase_id, "")
        content, is_named = sound_for(sounds, phrase_id, self.to)
        text = library.manners.wording(phrase_id, plain, self.to).text
        pinyin = pinyin_of(sounds.personal.script(text, self.to))
        return Spoken(phrase_id, text, pinyin, content, is_named)


@click.command(epilog=EXITS_HELP)
@click.argument("text", default="")
@click.option("--phrase", "phrase_id", default="", help="喊话编号 a phrase's id")
@click.option("--name", default="", help="姓名,视为监护人已同意 a name, as if consent was given")
@click.option("--class", "class_name", default="", help="班级 the class")
@click.option("--place", help="地名 the place, for {place}")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写成 WAV 文件 write")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="设备配置 config")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def say(  # noqa: PLR0913, PLR0917 - one parameter for each option
    text: str,
    phrase_id: str,
    name: str,
    class_name: str,
    place: str | None,
    out: Path | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """喊出一句话,与电子围栏喊话同一条路径。 Speak TEXT exactly as the fence would.

    TEXT 也可以是喊话编号(如 line_crossed)。 TEXT may also be a phrase's id.
    """
    if not text and not phrase_id:
        raise click.UsageError("请给出 TEXT 或 --phrase (give TEXT or --phrase)")  # noqa: EM101, TRY003 - for click
    to = Addressee("say", name, class_name, may_be_named=True)
    wish = Wish(text, phrase_id, to, place)
    try:
        voice = wish.voice(config_file)
        said = wish.spoken(open_sounds(voice))
        if out:
            write_whole(out, said.content)
        else:
            play_once(voice, said.phrase_id, said.content)
    except ConfigError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    except SpeakerError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.VOICE) from None
    _tell(said, out, as_json=as_json)


def _tell(said: Spoken, out: Path | None, *, as_json: bool) -> None:
    where, seconds = str(out) if out else None, seconds_of(said.content)
    if as_json:
        facts = {"text": said.text, "pinyin": said.pinyin, "named": said.is_named}
        facts |= {"seconds": round(seconds, 2), "out": where}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo(f"{where or '已喊话 spoken'} ({seconds:.1f} s)")
