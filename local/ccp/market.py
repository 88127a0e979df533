"""The provider's interface to its customers: the catalogue, orders and sales. The switches' faults strike here."""

import json
import socket
import time
from uuid import UUID

from flask import Blueprint, Response, g, request

from local.ccp.answer import to_json
from local.ccp.border import claim_in, order_in, query_in
from local.ccp.catalogue import Product
from local.ccp.errors import NotFoundError, SimulatedError
from local.ccp.faults import Ending, Plan
from local.ccp.ledger import Sale
from local.ccp.provider import Provider, Sold
from local.ccp.switchboard import Switchboard


def blueprint(provider: Provider, switchboard: Switchboard) -> Blueprint:
    """The routes of the provider."""
    routes = Blueprint("market", __name__)

    @routes.before_request
    def misbehave() -> None:
        plan: Plan = switchboard.plan()
        g.plan = plan
        if request.method == "GET" or plan.refused:
            time.sleep(plan.switches.latency_ms / 1000)
        if plan.refused:
            raise SimulatedError(plan.switches.error_status, plan.switches.retry_after_seconds)

    _catalogue(routes, provider)
    _orders(routes, provider)
    _sales(routes, provider)
    return routes


def _catalogue(routes: Blueprint, provider: Provider) -> None:
    @routes.get("/services")
    def services() -> Response:
        return _json(json.dumps({"services": [_public(product) for product in provider.catalogue.values()]}))

    @routes.get("/services/<uuid:service_id>")
    def service(service_id: UUID) -> Response:
        product = provider.catalogue.get(service_id)
        if product is None:
            raise NotFoundError(f"the catalogue has no service {service_id}")
        return _json(json.dumps(_public(product)))


def _orders(routes: Blueprint, provider: Provider) -> None:
    @routes.post("/create-order")
    def create_order() -> Response:
        sold = provider.sell(order_in(request), claim_in(request), g.plan)
        if not sold.replayed:
            _end(g.plan)
        return _answer(sold)


def _sales(routes: Blueprint, provider: Provider) -> None:
    @routes.get("/sales")
    def sales() -> Response:
        query = query_in(request)
        if g.plan.switches.hide_sales:
            raise NotFoundError("this provider does not list its sales")
        page = provider.ledger.select(query.criteria, after=query.cursor, limit=query.limit)
        return _json(f'{{"sales": [{", ".join(map(_record, page.sales))}], "next": {json.dumps(page.next)}}}')

    @routes.get("/sales/<uuid:transaction_id>")
    def sale(transaction_id: UUID) -> Response:
        return _json(_record(provider.sale(str(transaction_id))))

    @routes.post("/sales/<uuid:transaction_id>/cancel")
    def cancel(transaction_id: UUID) -> Response:
        return _json(_record(provider.cancel(str(transaction_id))))


def _end(plan: Plan) -> None:
    """Loses the answer of a sale that was made, if the plan says so."""
    match plan.ending:
        case Ending.HANG:
            time.sleep(plan.switches.hang_seconds)
            raise SimulatedError(504)
        case Ending.DROP:
            connection: socket.socket = request.environ["gunicorn.socket"]
            connection.shutdown(socket.SHUT_RDWR)
        case Ending.ANSWER:
            pass


def _answer(sold: Sold) -> Response:
    response = _json(sold.sale.answer, 201)
    response.headers["Location"] = f"/sales/{sold.sale.transaction_id}"
    if sold.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _public(product: Product) -> dict[str, object]:
    return product.model_dump(mode="json", by_alias=True)


def _record(sale: Sale) -> str:
    """A sale with the very texts of its order and answer in it."""
    names = {
        "transactionId": sale.transaction_id,
        "idempotencyKey": sale.idempotency_key,
        "reference": sale.reference,
        "cancelledAt": sale.cancelled_at,
    }
    return f'{to_json(names)[:-1]}, "order": {sale.request}, "answer": {sale.answer}}}'


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="application/json")
