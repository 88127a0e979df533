"""Answering a mail of the mailbox: a form for people, and JSON for programs."""

from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from local.mail.receipt import Receipt
from local.mail.reply import UnanswerableError, reply_to
from local.mail.store import MailStore


class Answer(BaseModel):
    """What a program answers; `from` is another sender than the mail's recipient."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    sender: str | None = Field(default=None, alias="from")


def blueprint(store: MailStore, receipt: Receipt) -> Blueprint:
    """The routes."""
    routes = Blueprint("answering", __name__)

    def taken(message_id: str, answer: Answer) -> str:
        mail = store.find(message_id) or abort(404, "There is no such mail.")
        return receipt.take(reply_to(mail, answer.text, answer.sender), mail)

    @routes.before_request
    def _of_this_page() -> None:
        # A web site may not write in the name of whoever looks at it.
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "This is for the mailbox's own page.")

    @routes.post("/mails/<message_id>/replies")
    def written(message_id: str) -> Response:
        try:
            taken(message_id, Answer(text=request.form.get("text", "")))
        except UnanswerableError as error:
            abort(409, str(error))
        return redirect(url_for("page.mail", message_id=message_id, answered=1), 303)  # type: ignore[return-value]

    @routes.post("/messages/<message_id>/replies")
    def told(message_id: str) -> tuple[Response, int]:
        try:
            answer = Answer.model_validate(request.get_json())
            return jsonify({"path": taken(message_id, answer)}), 202
        except (ValidationError, UnanswerableError) as error:
            return jsonify({"error": str(error)}), 409
        except (BotoCoreError, ClientError) as error:
            return jsonify({"error": str(error)}), 503

    return routes
