"""A demo customer: signs in and orders through the public API, as any client would."""

from local.customer.api import Api, ApiError, sign_in
from local.customer.purchase import Basket, Progress, place

__all__ = ["Api", "ApiError", "Basket", "Progress", "place", "sign_in"]
