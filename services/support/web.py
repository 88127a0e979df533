"""Composition root of Customer Support."""

from flask import Flask

from services.common.api import Gate
from services.common.api.serving import ApiSettings, create_app, serve
from services.common.database import Database
from services.support.api import OPERATIONS
from services.support.changing import change_case, close_case
from services.support.listing import get_case, list_cases
from services.support.messages import add_message, list_messages
from services.support.opening import open_case
from services.support.timeline import case_timeline


class Settings(ApiSettings):
    """Everything Customer Support is told."""


def build(gate: Gate) -> Flask:
    """The REST service."""
    handlers = {
        "listCases": list_cases,
        "openCase": open_case,
        "getCase": get_case,
        "changeCase": change_case,
        "listCaseMessages": list_messages,
        "writeCaseMessage": add_message,
        "closeCase": close_case,
        "getCaseTimeline": case_timeline,
    }
    return create_app("support", gate, OPERATIONS, handlers)


def main() -> int:
    """Serves until told to stop."""

    def built(_: Database, gate: Gate) -> Flask:
        return build(gate)

    return serve(Settings.read(), built)
