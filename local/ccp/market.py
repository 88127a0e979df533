"""The provider's interface to its customers: catalogue, orders, sales, licences. The switches' faults strike here."""

import json
import time
from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, g, request

from local.ccp.border import body_in, claim_in, query_in
from local.ccp.catalogue import Product
from local.ccp.errors import NotFoundError, SimulatedError
from local.ccp.faults import Plan
from local.ccp.licences import Licences
from local.ccp.orders import Extension, LicenceRequest, Order, Return
from local.ccp.provider import Provider
from local.ccp.replies import change_record, json_reply, made, sale_record
from local.ccp.switchboard import Switchboard


def blueprint(provider: Provider, licences: Licences, switchboard: Switchboard) -> Blueprint:
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
    _licences(routes, licences)
    return routes


def _catalogue(routes: Blueprint, provider: Provider) -> None:
    @routes.get("/services")
    def services() -> Response:
        return json_reply(json.dumps({"services": [_public(product) for product in provider.catalogue.values()]}))

    @routes.get("/services/<uuid:service_id>")
    def service(service_id: UUID) -> Response:
        product = provider.catalogue.get(service_id)
        if product is None:
            raise NotFoundError(f"the catalogue has no service {service_id}")
        return json_reply(json.dumps(_public(product)))


def _orders(routes: Blueprint, provider: Provider) -> None:
    @routes.post("/create-order")
    def create_order() -> Response:
        sold = provider.sell(body_in(Order, request), claim_in(request), g.plan)
        return made(sold.sale.answer, f"/sales/{sold.sale.transaction_id}", replayed=sold.replayed, plan=g.plan)


def _sales(routes: Blueprint, provider: Provider) -> None:
    @routes.get("/sales")
    def sales() -> Response:
        query = query_in(request)
        _need_a_ledger("sales")
        page = provider.ledger.select(query.criteria, after=query.cursor, limit=query.limit)
        return _list("sales", map(sale_record, page.entries), page.next)

    @routes.get("/sales/<uuid:transaction_id>")
    def sale(transaction_id: UUID) -> Response:
        return json_reply(sale_record(provider.sale(str(transaction_id))))

    @routes.post("/sales/<uuid:transaction_id>/cancel")
    def cancel(transaction_id: UUID) -> Response:
        return json_reply(sale_record(provider.cancel(str(transaction_id))))


def _licences(routes: Blueprint, licences: Licences) -> None:
    @routes.post("/return-licenses")
    def return_licenses() -> Response:
        return change(body_in(Return, request))

    @routes.post("/extend-licenses")
    def extend_licenses() -> Response:
        return change(body_in(Extension, request))

    def change(wanted: LicenceRequest) -> Response:
        changed = licences.change(wanted, claim_in(request), g.plan)
        location = f"/changes/{changed.change.transaction_id}"
        return made(changed.change.answer, location, replayed=changed.replayed, plan=g.plan)

    @routes.get("/changes")
    def changes() -> Response:
        query = query_in(request)
        _need_a_ledger("changes")
        page = licences.ledger.select_changes(query.criteria, after=query.cursor, limit=query.limit)
        return _list("changes", map(change_record, page.entries), page.next)

    @routes.get("/changes/<uuid:transaction_id>")
    def one_change(transaction_id: UUID) -> Response:
        return json_reply(change_record(licences.find(str(transaction_id))))


def _need_a_ledger(of: str) -> None:
    if g.plan.switches.hide_sales:
        raise NotFoundError(f"this provider does not list its {of}")


def _list(name: str, records: Iterable[str], following: int | None) -> Response:
    return json_reply(f'{{"{name}": [{", ".join(records)}], "next": {json.dumps(following)}}}')


def _public(product: Product) -> dict[str, object]:
    return product.model_dump(mode="json", by_alias=True)
