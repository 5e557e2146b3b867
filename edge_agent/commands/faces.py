"""`huxiao-edge faces`: compare faces, calibrate the scale, enrol pupils at a school's station."""

import click

from contract.verbs import Verbs

COMMANDS = {
    "score": "edge_agent.commands.faces_score:score",
    "calibrate": "edge_agent.commands.faces_calibrate:calibrate",
    "compare": "edge_agent.commands.faces_compare:compare",
    "enrol": "edge_agent.commands.faces_enrol:enrol",
    "list": "edge_agent.commands.faces_gallery:list_entries",
    "forget": "edge_agent.commands.faces_gallery:forget",
}


@click.group(cls=Verbs, places=COMMANDS)
def faces() -> None:
    """人脸:比对、校准、登记。照片从不保存。 Faces: compare, calibrate, enrol; no photo is kept."""
