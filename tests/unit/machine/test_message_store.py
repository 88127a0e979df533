from pathlib import Path

from local.machine.message_store import Messages, MessageStore


def messages(*names: str) -> Messages:
    return [{"id": name, "body": name.upper()} for name in names]


def names(found: Messages) -> list[str]:
    return [message["id"] for message in found]


def reopened(path: Path, store: MessageStore) -> MessageStore:
    store.close()
    return MessageStore(path)


def test_messages_come_back_in_the_order_of_arrival_and_gone_ones_stay_gone(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    store = MessageStore(path)
    store.keep({"q": messages("b", "a"), "other": messages("a")})
    store.keep({"q": messages("b", "a", "c"), "other": []})
    store.keep({"q": messages("a", "c"), "other": []})

    store = reopened(path, store)

    assert store.restore("q", []) == messages("a", "c")
    assert store.restore("other", []) == []


def test_what_the_emulator_remembers_of_a_message_is_kept_but_not_what_it_forgot_to_forget(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    store = MessageStore(path)
    store.keep({"q": messages("a", "b")})

    store = reopened(path, store)

    remembered: Messages = [{"id": "deleted", "receives": 1}, {"id": "b", "receives": 3}]
    assert store.restore("q", remembered) == [*messages("a"), {"id": "b", "receives": 3}]


def test_a_message_that_moves_to_the_dead_letter_queue_is_in_one_of_the_two(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    store = MessageStore(path)
    store.keep({"q": messages("a", "b"), "dlq": []})
    store.keep({"q": messages("b"), "dlq": messages("a")})

    store = reopened(path, store)

    assert (names(store.restore("q", [])), names(store.restore("dlq", []))) == (["b"], ["a"])


def test_a_deleted_queue_takes_its_messages_along(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    store = MessageStore(path)
    store.keep({"q": messages("a")})
    store.keep({})

    assert reopened(path, store).restore("q", []) == []
