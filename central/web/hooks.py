"""Where providers post what became of letters: no sign-in, but each must prove who it is.

Some sign what they post; the others know the last part of the address, which is a secret. Who
proves nothing is told that there is nothing here.
"""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from central.adapters.store.receipts import Word
from central.core.delivery import State
from central.incidents.outcomes import take_receipt
from central.ports import Answer, DeliveryError, NotAuthenticError, Pushed
from central.web import here

pages = Blueprint("hooks", __name__, url_prefix="/hooks")

NOT_FOUND, BAD_REQUEST = 404, 400


@pages.post("/<provider>")
@pages.post("/<provider>/<secret>")
def receipts(provider: str, secret: str = "") -> Response:
    """Take a provider's receipts, each to the letter of its name; saying them twice is harmless."""
    found = here.settings().hooks.get(provider)
    if found is None:
        abort(NOT_FOUND)
    name, channel = found
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        told = channel.pushed(Pushed(secret, headers, request.get_data()))
    except NotAuthenticError:
        abort(NOT_FOUND)
    except ValueError as error:
        words = f"看不懂的回执 / receipts that make no sense: {error}"
        return Response(words, BAD_REQUEST, mimetype="text/plain")
    now_ms = here.now_ms()
    for provider_id, said in told.items():
        with here.store().transaction() as connection:
            take_receipt(connection, _word(name, provider_id, said, now_ms))
    return Response(channel.thanks, mimetype="application/json")


def _word(channel: str, provider_id: str, said: Answer | DeliveryError, at_ms: int) -> Word:
    if isinstance(said, DeliveryError):
        return Word(channel, provider_id, State.FAILED, str(said), at_ms, said.failure)
    return Word(channel, provider_id, State(said.state), said.text, at_ms)
