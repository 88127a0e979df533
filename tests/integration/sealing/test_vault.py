"""The vault over a real table of data keys: what processes share, what they renew, and what they refuse to open."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from services.common.errors import Unavailable
from services.common.sealing import vault as sealing
from services.common.sealing.cipher import NotGenuine, Sealed
from services.common.sealing.vault import CACHED, SECONDS, SECRETS, Vault
from tests.integration.conftest import World
from tests.support.keys import NOT_WRAPPED, Keys, vault

HERE = "license/1/2"
SECRET = b"7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def count(world: World, kind: str) -> object:
    return world.value("SELECT count(*) FROM data_key WHERE kind = %s", kind)


def test_what_one_process_has_sealed_another_one_opens(world: World) -> None:
    sealed = vault(world.database).sealer().seal(SECRET, HERE)
    assert vault(world.database).open(sealed, HERE) == SECRET


def test_all_processes_make_the_same_fingerprints_even_when_all_start_at_once(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        prints = list(pool.map(lambda _: vault(world.database).sealer().fingerprint(SECRET), range(8)))
    assert len(set(prints)) == 1
    assert len(prints[0]) == 32
    assert vault(world.database).sealer().fingerprint(SECRET + b"!") != prints[0]
    assert (count(world, "FINGERPRINT"), count(world, "SEAL")) == (1, 9)


def test_threads_of_one_process_share_one_data_key(world: World) -> None:
    shared = vault(world.database)
    with ThreadPoolExecutor(20) as pool:
        sealed = list(pool.map(lambda _: shared.sealer().seal(SECRET, HERE), range(200)))
    assert len({each.data_key_id for each in sealed}) == count(world, "SEAL") == 1


def test_a_data_key_is_renewed_after_its_time_but_not_before_it_has_sealed_anything(world: World) -> None:
    clock, keys = Clock(), Keys()
    renewing = Vault(world.database, keys, clock)
    first = renewing.sealer()
    clock.now = 2 * SECONDS
    assert renewing.sealer() is first
    before = first.seal(SECRET, HERE)
    after = renewing.sealer().seal(SECRET, HERE)
    assert before.data_key_id != after.data_key_id
    assert renewing.open(before, HERE) == renewing.open(after, HERE) == SECRET
    assert first.fingerprint(SECRET) == renewing.sealer().fingerprint(SECRET)


def test_a_data_key_is_renewed_after_so_many_secrets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRETS < 2**32, "GCM's random nonces would repeat"
    monkeypatch.setattr(sealing, "SECRETS", 3)
    renewing = vault(world.database)
    used = [renewing.sealer().seal(SECRET, HERE).data_key_id for _ in range(7)]
    assert [used.count(each) for each in dict.fromkeys(used)] == [3, 3, 1]


def test_a_cached_key_needs_no_kms_and_a_forgotten_one_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CACHED", 2)
    assert CACHED > 2
    sealed = [vault(world.database).sealer().seal(SECRET, HERE) for _ in range(3)]
    keys = Keys()
    opening = vault(world.database, keys)
    for each in sealed + sealed[1:]:
        assert opening.open(each, HERE) == SECRET
    assert keys.calls == 3
    assert opening.open(sealed[0], HERE) == SECRET
    assert keys.calls == 4
    keys.down = True
    assert opening.open(sealed[0], HERE) == SECRET
    with pytest.raises(Unavailable):
        opening.open(sealed[1], HERE)


def test_an_unwrapped_key_is_not_held_for_longer_than_its_time(world: World) -> None:
    clock, keys = Clock(), Keys()
    opening = Vault(world.database, keys, clock)
    sealed = vault(world.database).sealer().seal(SECRET, HERE)
    opening.open(sealed, HERE)
    keys.down, clock.now = True, SECONDS
    with pytest.raises(Unavailable):
        opening.open(sealed, HERE)


def test_a_wrapped_key_in_another_row_does_not_open(world: World) -> None:
    one, other = (vault(world.database).sealer().seal(SECRET, HERE) for _ in range(2))
    world.admin.execute(
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = %s) WHERE id = %s",
        (one.data_key_id, other.data_key_id),
    )
    with pytest.raises(NotGenuine, match=NOT_WRAPPED):
        vault(world.database).open(other, HERE)


def test_a_data_key_that_is_told_to_be_the_fingerprints_does_not_open_as_that(world: World) -> None:
    sealed = vault(world.database).sealer().seal(SECRET, HERE)
    world.admin.execute("DELETE FROM data_key WHERE kind = 'FINGERPRINT'")
    world.admin.execute("UPDATE data_key SET kind = 'FINGERPRINT' WHERE id = %s", (sealed.data_key_id,))
    with pytest.raises(NotGenuine, match=NOT_WRAPPED):
        vault(world.database).sealer()


def test_a_key_that_is_not_there_opens_nothing(world: World) -> None:
    with pytest.raises(NotGenuine):
        vault(world.database).open(Sealed(uuid4(), bytes(60)), HERE)


def test_without_kms_nothing_is_sealed_and_nothing_is_written(world: World) -> None:
    keys = Keys()
    keys.down = True
    with pytest.raises(Unavailable):
        vault(world.database, keys).sealer()
    assert world.value("SELECT count(*) FROM data_key") == 0


def test_whoever_comes_while_another_one_waits_for_kms_does_not_wait_for_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PATIENCE_SECONDS", 0.05)
    shared = vault(world.database)
    with shared._alone(), pytest.raises(Unavailable):
        shared.sealer()
    shared.sealer()


def test_a_sealer_that_is_held_seals_without_kms_and_without_the_database(world: World) -> None:
    keys = Keys()
    held = vault(world.database, keys).sealer()
    keys.down = True
    world.database.close()
    assert held.seal(SECRET, HERE).ciphertext
    assert held.fingerprint(SECRET)


def test_a_tenant_s_transaction_reads_wrapped_keys_and_changes_none(world: World) -> None:
    sealed = vault(world.database).sealer().seal(SECRET, HERE)
    customer = world.value("SELECT customer_id FROM app_user LIMIT 1")
    with world.database.tenant(customer) as connection:  # type: ignore[arg-type]
        assert connection.execute("SELECT id FROM data_key WHERE kind = 'SEAL'").fetchall() == [
            {"id": sealed.data_key_id}
        ]
    for change in ("DELETE FROM data_key", "UPDATE data_key SET wrapped = ''"):
        for role in (world.database.tenant(customer), world.database.transaction()):  # type: ignore[arg-type]
            with pytest.raises(Exception, match="permission denied"), role as connection:
                connection.execute(change.encode())
