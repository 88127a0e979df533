"""The mailbox for programs: a JSON list and the messages as they were sent."""

from flask import Blueprint, Response, abort, jsonify, request

from local.mail.envelope import Envelope
from local.mail.presentation import safe_filename
from local.mail.search import is_for
from local.mail.store import MailStore


def blueprint(store: MailStore) -> Blueprint:
    """The routes for programs."""
    routes = Blueprint("machine", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    @routes.get("/messages.json")
    def messages() -> Response:
        wanted = request.args.get("to", "")
        return jsonify([_listed(envelope) for envelope in store.envelopes() if is_for(envelope, wanted)])

    @routes.get("/messages/<message_id>")
    def message(message_id: str) -> Response:
        mail = store.find(message_id) or abort(404, "There is no such mail.")
        disposition = f'attachment; filename="{safe_filename(message_id)}.eml"'
        return Response(mail.raw, content_type="message/rfc822", headers={"Content-Disposition": disposition})

    return routes


def _listed(envelope: Envelope) -> dict[str, object]:
    return {
        "id": envelope.message_id,
        "to": envelope.to,
        "cc": envelope.cc,
        "bcc": envelope.bcc,
        "from": envelope.sender,
        "subject": envelope.subject,
        "date": envelope.accepted_at.isoformat(),
        "configurationSet": envelope.configuration_set,
        "attachments": [
            {"filename": file.filename, "contentType": file.content_type, "size": file.size, "sha256": file.sha256}
            for file in envelope.attachments
        ],
        "tags": envelope.tags,
    }
