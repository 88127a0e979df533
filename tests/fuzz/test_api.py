"""No request that anybody can make has an answer that the document does not tell."""

import json
import os
from typing import Any

from tests.fuzz.storm import Storm
from tests.fuzz.town import Town
from tests.integration.conftest import Aws, World
from tests.support.mall import Mall

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "800"))
SEED = int(os.environ.get("FUZZ_SEED", "7"))
SLICE = 5_000
"""A long run tells after so many requests how it stands."""
FAULTS = {
    "errorRate": 0.10,
    "hangAfterAcceptRate": 0.05,
    "hangSeconds": 0.2,
    "dropAfterAcceptRate": 0.08,
    "partialFillRate": 0.04,
}


def test_every_answer_is_one_that_the_document_tells(stocked: Mall, world: World, aws: Aws) -> None:
    town = Town(stocked, world, aws)
    stocked.simulator.misbehave(**FAULTS)
    storm = Storm(town, SEED, document(town))
    while storm.report.sent < REQUESTS:
        report = storm.blow(min(SLICE, REQUESTS - storm.report.sent))
        print("\n".join(report.lines()), flush=True)
    assert not storm.report.faults


def test_an_answer_that_the_document_does_not_tell_would_be_noticed(stocked: Mall, world: World, aws: Aws) -> None:
    town = Town(stocked, world, aws)
    changed = document(town)
    changed["paths"] = {path: item for path, item in changed["paths"].items() if path in ("/accounts", "/company")}
    for item in changed["paths"].values():
        item["get"]["responses"].pop("403")
        item.pop("post", None)
        item.pop("patch", None)
    changed["components"]["schemas"]["AccountAnswer"]["properties"]["name"] = {"type": "integer"}
    faults = " ".join(Storm(town, SEED, changed).blow(100).faults)
    assert "listAccounts 200 Response violates schema" in faults
    assert "getCompany 403 Undocumented status code" in faults


def document(town: Town) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(town.ask("nobody", "GET", "/openapi.json").data)
    return read
