"""Who has a licence within its company: assigned, moved, revoked, and remembered."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from tests.support.ledgers import violations
from tests.support.office import Office


def second_account(office: Office) -> object:
    return office.world.value(
        "INSERT INTO account (customer_id, name) VALUES (%s, 'second') RETURNING id", office.world.customer("liffey").id
    )


def test_a_licence_is_assigned_moved_and_revoked_and_each_is_remembered(office: Office) -> None:
    office.bought(1)
    [licence] = office.licences()
    first, second = office.account(), second_account(office)
    for account in (first, second, second):
        answer = office.assign(licence, account)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["accountId"] == str(account)
        assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
        licence = answer.json
    revoked = office.post(f"/licenses/{licence['id']}/revoke", version=licence["version"])
    assert revoked.json is not None
    assert revoked.json["accountId"] is None
    history = office.get(f"/licenses/{licence['id']}/history")["history"]
    told = [(entry["event"], entry["accountId"]) for entry in history if entry["event"] != "VALID_TO"]
    assert told == [("ASSIGNED", str(first)), ("ASSIGNED", str(second)), ("REVOKED", None)]
    assert violations(office.world, office.simulator) == []


def test_a_history_is_read_page_by_page(office: Office) -> None:
    office.bought(1)
    [licence] = office.licences()
    for number in range(6):
        path = f"/licenses/{licence['id']}/{'revoke' if number % 2 else 'assign'}"
        body: dict[str, object] | None = None if number % 2 else {"accountId": str(office.account())}
        answer = office.post(path, body, version=licence["version"])
        assert answer.json is not None
        licence = answer.json
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = office.get(f"/licenses/{licence['id']}/history", **query)
        seen += [entry["event"] for entry in page["history"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == ["VALID_TO", *["ASSIGNED", "REVOKED"] * 3]


def test_of_many_who_assign_the_same_licence_one_comes_through(office: Office) -> None:
    office.bought(1)
    [licence] = office.licences()
    accounts = [office.account(), second_account(office)] * 8
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda account: office.assign(licence, account), accounts))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 15]
    assert violations(office.world, office.simulator) == []


def test_only_an_account_of_the_company_can_have_a_licence(office: Office) -> None:
    office.bought(1)
    [licence] = office.licences()
    for stranger in (office.account("siam"), uuid4()):
        assert office.assign(licence, stranger).status_code == 404
    without = office.post(f"/licenses/{licence['id']}/assign", {"accountId": str(office.account())})
    assert without.status_code == 428


def test_assigned_licences_go_only_if_they_are_named(office: Office) -> None:
    office.bought(3)
    licences = office.licences()
    for licence in licences[:2]:
        assert office.assign(licence).status_code == 200
    refused = office.quantity(1)
    assert refused.status_code == 409
    assert refused.json is not None
    assert (refused.json["type"].rpartition("/")[2], refused.json["assigned"]) == ("licenses-assigned", 1)
    assert office.cancel().status_code == 409
    named = office.quantity(1, body={"licenseIds": [licences[0]["id"]]})
    assert named.status_code == 200
    assert named.json is not None
    assert set(named.json["licenseIds"]) == {licences[0]["id"], licences[2]["id"]}
    returned = office.get(f"/licenses/{licences[0]['id']}")
    assert (returned["accountId"], returned["returnedAt"] is None) == (None, False)
    assert office.assign(returned).status_code == 409, "it was returned"
    for names in ([str(uuid4())], [licences[0]["id"]], [licences[1]["id"]] * 2):
        assert office.quantity(2, body={"licenseIds": names}).status_code == 400
    assert office.cancel(include_assigned=True).status_code == 200
    assert violations(office.world, office.simulator) == []


def test_a_quantity_that_changes_nothing_or_too_much_is_refused(office: Office) -> None:
    office.bought(2)
    assert office.quantity(2).status_code == 409
    assert office.quantity(2 + 5001).status_code == 400
    for nonsense in (0, -1, 10**9):
        assert office.quantity(nonsense).status_code == 400
    office.world.admin.execute("UPDATE sales_product SET withdrawn_at = now()")
    refused = office.quantity(3)
    assert refused.json is not None
    assert refused.json["type"].endswith("/not-possible")
    assert office.world.value("SELECT count(*) FROM licence_change") == 0
