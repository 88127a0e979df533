"""A demo customer: signs in and orders through the public API, as any client would."""

from local.customer.api import Api, ApiError, sign_in
from local.customer.purchase import Progress, place

__all__ = ["Api", "ApiError", "Progress", "place", "sign_in"]
