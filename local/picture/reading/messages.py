"""The queues with their dead-letter queues, who sends to them and who receives."""

import json
from itertools import chain

from local.host import Resource
from local.picture.graph import Edge, Kind, Node, Place
from local.picture.reading.part import Part, Reading, workload_id
from local.picture.reading.release import Workload

QUEUE_TYPE = "aws:sqs/queue:Queue"
FUNCTION_TYPE = "aws:lambda/function:Function"
SEND = "sqs:SendMessage"
RECEIVE = "sqs:ReceiveMessage"


def read(reading: Reading) -> Part:
    """Every queue that holds no dead letters of another or of a function, in the order of the services that receive."""
    queues = reading.model.of_type(QUEUE_TYPE)
    dead = {redrive["deadLetterTargetArn"] for queue in queues if (redrive := _redrive(queue))}
    dead |= {function.inputs["deadLetterConfig"]["targetArn"] for function in reading.model.of_type(FUNCTION_TYPE)}
    living = [queue for queue in queues if queue.outputs["arn"] not in dead]
    living.sort(key=lambda queue: _rank(queue, reading))
    return Part(
        nodes=tuple(_node(queue, reading) for queue in living),
        edges=tuple(chain.from_iterable(_edges(queue, reading) for queue in living)),
    )


def sends(workload: Workload, reading: Reading) -> bool:
    """Whether it may send to any queue."""
    return _may(workload, SEND, reading)


def receives(workload: Workload, reading: Reading) -> bool:
    """Whether it may receive from any queue."""
    return _may(workload, RECEIVE, reading)


def _may(workload: Workload, action: str, reading: Reading) -> bool:
    queues = reading.model.of_type(QUEUE_TYPE)
    return any(reading.grants.may(workload.name, action, queue.outputs["arn"]) for queue in queues)


def queue_id(queue: Resource) -> str:
    """The id of the queue's node."""
    return f"queue:{queue.name}"


def _rank(queue: Resource, reading: Reading) -> tuple[int, str]:
    """By the first receiver; a queue that nobody receives from comes last."""
    workloads = reading.release.workloads
    receivers = reading.allowed(RECEIVE, queue.outputs["arn"])
    return (workloads.index(receivers[0]) if receivers else len(workloads), queue.name)


def _redrive(queue: Resource) -> dict[str, str]:
    stated: dict[str, str] = json.loads(queue.inputs.get("redrivePolicy") or "{}")
    return stated


def _node(queue: Resource, reading: Reading) -> Node:
    redrive = _redrive(queue)
    annex = ""
    if redrive:
        dead = redrive["deadLetterTargetArn"].rpartition(":")[2]
        annex = f"{redrive['maxReceiveCount']} tries → {reading.short(dead)}"
    return Node(queue_id(queue), Kind.QUEUE, Place.QUEUE, reading.short(queue.inputs["name"]), annex=annex)


def _edges(queue: Resource, reading: Reading) -> list[Edge]:
    arn = queue.outputs["arn"]
    sent = [Edge(workload_id(sender), queue_id(queue), "path") for sender in reading.allowed(SEND, arn)]
    return sent + [Edge(queue_id(queue), workload_id(receiver)) for receiver in reading.allowed(RECEIVE, arn)]
