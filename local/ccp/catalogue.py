"""What the provider sells."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

CATALOGUE = Path(__file__).with_name("catalogue.json")


class Product(BaseModel):
    """One service of the catalogue; its id never changes.

    The unit price is in whole cents of `currency`, for one `unit`, such as `user/month`. In JSON it is a string, so
    that no reader makes a binary fraction of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)

    id: UUID
    vendor: str
    name: str
    description: str
    unit_price: Annotated[Decimal, Field(gt=0, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    unit: str


Catalogue = Mapping[UUID, Product]


def load_catalogue(path: Path = CATALOGUE) -> Catalogue:
    """The products by id, in the order of the file.

    Raises:
        pydantic.ValidationError: the file breaks the format.
        ValueError: an id occurs twice.
    """
    products = TypeAdapter(list[Product]).validate_json(path.read_bytes())
    catalogue = {product.id: product for product in products}
    if len(catalogue) < len(products):
        raise ValueError(f"{path}: a product id occurs twice")
    return MappingProxyType(catalogue)
