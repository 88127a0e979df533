import pytest

from tests.drill.aftermath import Aftermath

BACK, WAITING, OTHER = "a423d875-back", "cf7942f7-waiting", "194b723d-other"
AFTERMATH = Aftermath(frozenset({BACK}), frozenset({WAITING}), {("EU-8", 179): WAITING})


@pytest.mark.parametrize(
    "finding",
    [
        f"I1: order {BACK} is not stored under its key drill-1",
        f"I1: order {BACK} has lost its key",
        f"I3: a second document was made: 10fbef48/{WAITING}/pdf/1-a9ed.pdf",
        "I4: numbers/EU-8/179 is a witness of a number that nobody has",
        "I5: invoice-EU-8-000179.pdf was mailed and is no invoice",
        "I6: 2 dead letters of the queue apac/document instead of 0",
    ],
)
def test_what_is_left_of_an_order_that_is_back_or_waits_for_a_person_is_explained(finding: str) -> None:
    assert AFTERMATH.explains(finding)


@pytest.mark.parametrize(
    "finding",
    [
        f"I1: order {OTHER} has lost its key",
        f"I1: order {BACK} was accepted and is not stored",
        f"I3: a second document was made: 10fbef48/{OTHER}/pdf/1-a9ed.pdf",
        "I4: numbers/EU-8/180 is a witness of a number that nobody has",
        "I4: numbers/EU-8/179 was witnessed for somebody else",
        "I5: invoice-EU-8-000180.pdf was mailed and is no invoice",
        "I5: invoice-EU-8-000181.pdf was mailed and is no invoice",
        "I5: invoice-EU-8-000179.pdf was mailed 2 times",
        "I6: 3 dead letters of the queue apac/document instead of 0",
        f"I2: the CCP sold {BACK} 2 times",
    ],
)
def test_all_else_breaks_an_invariant_as_ever(finding: str) -> None:
    assert not AFTERMATH.explains(finding)
