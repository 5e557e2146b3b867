"""`huxiao-edge faces`: compare faces, calibrate the scale, enrol pupils at a school's station."""

import importlib

import click

COMMANDS = {
    "score": "edge_agent.commands.faces_score:score",
    "calibrate": "edge_agent.commands.faces_calibrate:calibrate",
    "compare": "edge_agent.commands.faces_compare:compare",
    "enrol": "edge_agent.commands.faces_enrol:enrol",
    "list": "edge_agent.commands.faces_gallery:list_entries",
    "forget": "edge_agent.commands.faces_gallery:forget",
}


class _Verbs(click.Group):
    """Loads a verb only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Verbs)
def faces() -> None:
    """人脸:比对、校准、登记。照片从不保存。 Faces: compare, calibrate, enrol; no photo is kept."""
