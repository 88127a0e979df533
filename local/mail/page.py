"""The mailbox page: every mail, for a person with a browser. All it changes is what one answers; it needs no script."""

from functools import partial
from io import BytesIO
from itertools import islice

from flask import Blueprint, Flask, Response, abort, render_template, request, send_file

from local.mail import answering, machine, presentation
from local.mail.contents import File, contents
from local.mail.receipt import Receipt
from local.mail.reply import answerable
from local.mail.search import is_for
from local.mail.store import Mail, MailStore

MAILS_ON_A_PAGE = 50

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
HTML_PART_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""For what a stranger wrote: no script, no form, nothing fetched, and an origin of its own."""


def create_page(store: MailStore, host: str, receipt: Receipt) -> Flask:
    """The page's WSGI application.

    Args:
        store: the mails.
        host: where it is served. Under another name it refuses, so that no web site can have it read by a browser.
        receipt: where answers go.
    """
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost", host]
    app.jinja_env.filters["size"] = presentation.size_text
    app.jinja_env.tests["viewable"] = presentation.is_viewable
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(_views(store))
    app.register_blueprint(machine.blueprint(store))
    app.register_blueprint(answering.blueprint(store, receipt))
    app.register_error_handler(403, partial(_missing, status=403))
    app.register_error_handler(404, _missing)
    app.register_error_handler(409, partial(_missing, status=409))
    app.after_request(_guard)
    return app


def _views(store: MailStore) -> Blueprint:
    routes = Blueprint("page", __name__)

    def mail_of(message_id: str) -> Mail:
        return store.find(message_id) or abort(404, "There is no such mail.")

    def file_of(message_id: str, number: int) -> File:
        files = contents(mail_of(message_id).raw).files
        return files[number - 1] if 1 <= number <= len(files) else abort(404, "The mail has no such attachment.")

    @routes.get("/")
    def mailbox() -> str:
        wanted = request.args.get("to", "")
        page = max(1, request.args.get("page", 1, type=int))
        found = (envelope for envelope in store.envelopes() if is_for(envelope, wanted))
        start = (page - 1) * MAILS_ON_A_PAGE
        shown = list(islice(found, start, start + MAILS_ON_A_PAGE + 1))
        more = len(shown) > MAILS_ON_A_PAGE
        return render_template("mailbox.html", mails=shown[:MAILS_ON_A_PAGE], to=wanted, page=page, more=more)

    @routes.get("/mails/<message_id>")
    def mail(message_id: str) -> str:
        found = mail_of(message_id)
        return render_template(
            "mail.html",
            mail=found.envelope,
            contents=contents(found.raw),
            answerable=answerable(found),
            answered="answered" in request.args,
        )

    @routes.get("/mails/<message_id>/html")
    def html_part(message_id: str) -> Response:
        text = contents(mail_of(message_id).raw).html or abort(404, "The mail has no HTML part.")
        return Response(text, mimetype="text/html", headers={"Content-Security-Policy": HTML_PART_POLICY})

    @routes.get("/mails/<message_id>/attachments/<int:number>")
    def download(message_id: str, number: int) -> Response:
        return _sent(file_of(message_id, number), as_attachment=True)

    @routes.get("/mails/<message_id>/attachments/<int:number>/view")
    def view(message_id: str, number: int) -> Response:
        file = file_of(message_id, number)
        return _sent(file, as_attachment=not presentation.is_viewable(file.content_type))

    return routes


def _sent(file: File, *, as_attachment: bool) -> Response:
    return send_file(
        BytesIO(file.data),
        mimetype=presentation.media_type(file),
        as_attachment=as_attachment,
        download_name=presentation.safe_filename(file.filename),
    )


def _missing(error: Exception, status: int = 404) -> tuple[str, int]:
    return render_template("missing.html", reason=getattr(error, "description", "")), status


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
    return response
