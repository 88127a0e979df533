"""What every REST service is made of: operations as data, one way in that checks who calls, and the OpenAPI document.

A service has `api.py`, its `OPERATIONS` (`Operation`: models and words, nothing that runs); handlers that take a `Call`
and give a `Reply`; and `web.py`, its composition root, which mounts each operation with its handler. Who may call an
operation stands in the registry alone.
"""

from services.common.api.call import Call
from services.common.api.callers import Customer, Service, Staff
from services.common.api.models import Answer, Input, ListQuery
from services.common.api.mounting import Gate, Handler, mount
from services.common.api.operation import Example, Operation
from services.common.api.paging import Cursor, Page
from services.common.api.reply import Download, Reply

__all__ = [
    "Answer",
    "Call",
    "Cursor",
    "Customer",
    "Download",
    "Example",
    "Gate",
    "Handler",
    "Input",
    "ListQuery",
    "Operation",
    "Page",
    "Reply",
    "Service",
    "Staff",
    "mount",
]
