"""The page about the policies says what the rules say."""

import pytest

from policies.areas import AREAS, area_of
from policies.catalogue import all_rules
from policies.page import PAGE, page
from policies.registry import Rule


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(all_rules()), "`make policies-page` writes it anew"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_rule_is_told_with_its_reason_its_remedy_and_both_examples(rule: Rule) -> None:
    text = page((rule,))
    _, _, section = text.partition(f"### {rule.name}\n")
    for told in (f"**{rule.level}**", rule.why, rule.remedy[1:], rule.source, "Refused: ", "Accepted:"):
        assert told in section
    assert section.count("```json") == 2


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_rule_is_in_an_area_of_the_design(rule: Rule) -> None:
    assert area_of(rule) in AREAS, "policies/areas.py says what a module of rules is about"
