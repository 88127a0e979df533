"""Bugs in changes of licences."""

from tests.chaos import changes
from tests.chaos.sabotage import Sabotage

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "a change is asked for again without a search",
        "licensing/asking.py",
        "return _ask(desk, change, desk.made_for(change, deadline), deadline)",
        "return _ask(desk, change, (), deadline)",
        changes.without_keys(2),
    ),
    Sabotage(
        "a change is confirmed in one transaction, and its licences follow in another",
        "licensing/confirmation.py",
        "    if change.extension is None:\n        _take_back",
        "    connection.commit()\n    if change.extension is None:\n        _take_back",
        changes.extensions("C27", 1),
    ),
    Sabotage(
        "a change is marked as credited in one transaction, and the credit notes are asked for in another",
        "licensing/crediting.py",
        "    for credit in owed:\n",
        '    connection.execute("UPDATE licence_change SET state = \'FINISHED\' WHERE id = %s", (change["id"],))\n'
        "    connection.commit()\n    for credit in owed:\n",
        changes.change_points(1),
    ),
    Sabotage(
        "a change keeps no idempotency key",
        "licensing/changing.py",
        "        kept = call.once(effect)\n",
        "        with call.transaction() as own: kept = effect(own)\n",
        changes.change_points(1),
    ),
)
