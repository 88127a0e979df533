"""A sale of the CCP in the form in which it is recorded: its secrets sealed, before any transaction begins."""

from dataclasses import dataclass

from services.common.sealing import license_keys
from services.common.sealing.license_keys import SealedKey
from services.common.sealing.vault import Sealer
from services.order import answers, kept
from services.order.answers import Answer
from services.order.ccp import Purchase
from services.order.kept import SealedAnswer
from services.order.model import CcpSale


@dataclass(frozen=True)
class SealedSale:
    """What the confirmation writes, and the answer in clear, which goes to the client alone."""

    sale: CcpSale
    keys: tuple[SealedKey, ...]
    answer: Answer
    kept: SealedAnswer


def sealed(sealer: Sealer, purchase: Purchase, sale: CcpSale) -> SealedSale:
    """The sale with every licence key, and the answer that shows them, sealed for the customer who buys."""
    owner = purchase.customer_id
    keys = tuple(
        license_keys.seal(sealer, entry.id, owner, entry.key.get_secret_value()) for entry in sale.license_keys
    )
    answer = answers.sold(purchase.order_id, sale)
    return SealedSale(sale, keys, answer, kept.sealed(sealer, answer, owner))
