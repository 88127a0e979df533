"""A company always keeps somebody who can let others in, also when its administrators turn against each other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.integration.users.conftest import Office


def own_id(office: Office) -> str:
    return str(office.world.value("SELECT id FROM app_user WHERE subject = %s", office.world.subject("liffey")))


def test_the_only_administrator_stays_one(office: Office) -> None:
    office.join()
    refused = office.change(f"/people/{own_id(office)}", {"role": "USER"})
    assert (refused.status_code, "last active administrator" in refused.text) == (409, True)


def test_an_administrator_who_has_not_come_yet_does_not_count(office: Office) -> None:
    person_id = office.invite(role="ADMIN")
    assert office.change(f"/people/{own_id(office)}", {"role": "USER"}).status_code == 409
    office.call("GET", "/company", who=office.subject(person_id))
    assert office.change(f"/people/{own_id(office)}", {"role": "USER"}).status_code == 200


def test_one_who_is_deactivated_does_not_count_either(office: Office) -> None:
    person_id = office.join(role="ADMIN")
    office.call("POST", f"/people/{person_id}/deactivate")
    assert office.change(f"/people/{own_id(office)}", {"role": "USER"}).status_code == 409


@pytest.mark.parametrize("how", ["demote", "deactivate"])
def test_of_two_who_turn_on_each_other_at_once_one_stays(office: Office, how: str) -> None:
    first, second = own_id(office), office.join(role="ADMIN")
    tokens = {person: office.subject(person) for person in (first, second)}
    for _ in range(5):
        versions = {person: office.call("GET", f"/people/{person}").headers["ETag"] for person in tokens}
        barrier = Barrier(2)

        def turn_on(author: str, victim: str, versions: dict[str, str] = versions, barrier: Barrier = barrier) -> int:
            barrier.wait()
            if how == "deactivate":
                return office.call("POST", f"/people/{victim}/deactivate", who=tokens[author]).status_code
            demotion = {"role": "USER"}
            path = f"/people/{victim}"
            return office.call("PATCH", path, demotion, who=tokens[author], If_Match=versions[victim]).status_code

        with ThreadPoolExecutor(2) as pool:
            outcomes = Counter(pool.map(turn_on, (first, second), (second, first)))
        # Who was slower is no administrator any more, or meets the last one.
        assert outcomes[200] == 1, outcomes
        assert outcomes.keys() <= {200, 403, 409}
        assert (
            office.world.value(
                "SELECT count(*) FROM app_user WHERE customer_id = %s AND role = 'ADMIN' AND state = 'ACTIVE'",
                office.world.customer("liffey").id,
            )
            == 1
        )
        office.world.admin.execute("UPDATE app_user SET role = 'ADMIN', state = 'ACTIVE' WHERE accepted_at IS NOT NULL")
