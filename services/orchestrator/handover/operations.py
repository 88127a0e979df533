"""What operators ask about hand-overs, and about the writer."""

from typing import Annotated

from pydantic import Field

from services.common.api import Operation
from services.orchestrator.handover import examples
from services.orchestrator.handover.showing import HandoversQuery, WriterAnswer
from services.orchestrator.handover.views import Handover, Handovers

OPERATIONS = (
    Operation(
        method="GET",
        path="/operations/handovers",
        name="listHandovers",
        summary="What each team was told when the writer came to its region",
        query=HandoversQuery,
        answer=Handovers,
        examples=(examples.HANDOVERS,),
    ),
    Operation(
        method="GET",
        path="/operations/handovers/{epoch}",
        name="getHandover",
        summary="One hand-over note: what waited when the epoch began",
        description="It is mailed to the operations team too, once. What it says is of that moment.",
        parameters={"epoch": Annotated[int, Field(ge=1, le=2**63 - 1, examples=[7])]},
        answer=Handover,
        examples=(examples.HANDOVER,),
    ),
    Operation(
        method="GET",
        path="/operations/writer",
        name="getWriter",
        summary="Where the database is written, and what the controller lets in",
        answer=WriterAnswer,
        examples=(examples.WRITER,),
    ),
)
