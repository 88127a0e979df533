"""RDS as the emulator has it, with the servers of this machine behind it.

Before it tells of clusters, it looks at their servers; and a switchover or a failover moves the writer of those.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import psycopg
from ministack.services import rds

from local.machine.aurora.failover import fail_over
from local.machine.aurora.looking import Seen, look
from local.machine.aurora.switchover import switch
from local.machine.errors import LocalError
from local.machine.stand_ins import Server, StandIns

Action = Callable[[Mapping[str, Any]], Any]
Actions = MutableMapping[str, Action]
Record = dict[str, Any]
Move = Callable[[Server, Server, Path], None]
_AVAILABLE, _SWITCHING, _FAILING = "available", "switching-over", "failing-over"

log = logging.getLogger("aurora")


class Aurora:
    """The global clusters whose members the stand-ins play; of others the emulator tells what it likes.

    Args:
        stand_ins: who plays which cluster by now.
    """

    def __init__(self, stand_ins: Callable[[], StandIns]) -> None:
        self._stand_ins = stand_ins
        self._one_at_a_time = threading.Lock()

    def into(self, actions: Actions) -> None:
        """Take the emulator's actions that are about it."""
        for name in ("DescribeGlobalClusters", "DescribeDBClusters"):
            actions[name] = self._looking_first(actions[name])
        for name in ("SwitchoverGlobalCluster", "FailoverGlobalCluster"):
            actions[name] = self._moving(name, actions[name])

    def _looking_first(self, action: Action) -> Action:
        def looked(parameters: Mapping[str, Any]) -> Any:
            self._look()
            return action(parameters)

        return looked

    def _look(self) -> None:
        servers = self._stand_ins().servers
        for whole in _wholes():
            if (
                not self._one_at_a_time.locked()
            ):  # an emulator that ended while it moved a writer remembers that it does
                _end(whole)
            seen = {arn: look(servers[arn]) for arn in _members(whole) if arn in servers}
            writes = any(one is not None and one.writes for one in seen.values())
            for member in whole["GlobalClusterMembers"]:
                if member["DBClusterArn"] in seen:
                    _note(whole, member, seen[member["DBClusterArn"]], somebody_writes=writes)

    def _moving(self, name: str, action: Action) -> Action:
        """The emulator's own for what no server plays; it also has the words for what cannot be."""

        def moved(parameters: Mapping[str, Any]) -> Any:
            self._look()
            stand_ins = self._stand_ins()
            found, fault = rds._resolve_global_writer_switch(parameters)  # noqa: SLF001 (nor is there another way)
            if fault is not None:
                return fault
            whole, _, target, writer = found
            arns = (writer["DBClusterArn"], target["DBClusterArn"])
            if not set(arns) <= stand_ins.servers.keys():
                return action(parameters)
            if not self._one_at_a_time.acquire(blocking=False):
                return rds._error("InvalidGlobalClusterStateFault", "A switchover is under way.", 400)  # noqa: SLF001
            gives_up = parameters.get("AllowDataLoss", ["false"])[0] == "true"
            _begin(whole, *arns, gives_up=gives_up)
            servers = (stand_ins.servers[arns[0]], stand_ins.servers[arns[1]])
            arguments = (fail_over if gives_up else switch, whole, servers, stand_ins)
            threading.Thread(target=self._move, args=arguments, daemon=True).start()
            told = f"<GlobalCluster>{rds._global_cluster_xml(whole)}</GlobalCluster>"  # noqa: SLF001
            return rds._xml(200, f"{name}Response", f"<{name}Result>{told}</{name}Result>")  # noqa: SLF001

        return moved

    def _move(self, move: Move, whole: Record, servers: tuple[Server, Server], stand_ins: StandIns) -> None:
        try:
            move(*servers, Path(stand_ins.writer))
        except (LocalError, psycopg.Error) as error:
            log.error("the writer was not moved: %s", error)  # noqa: TRY400 (the message says it all)
        finally:
            _end(whole)
            self._one_at_a_time.release()


def _wholes() -> Iterator[Record]:
    yield from rds._global_clusters.values()  # noqa: SLF001


def _members(whole: Record) -> Iterator[str]:
    yield from (member["DBClusterArn"] for member in whole["GlobalClusterMembers"])


def _begin(whole: Record, source: str, target: str, *, gives_up: bool) -> None:
    whole["Status"] = _FAILING if gives_up else _SWITCHING
    whole["FailoverState"] = {
        "Status": whole["Status"],
        "FromDbClusterArn": source,
        "ToDbClusterArn": target,
        "IsDataLossAllowed": gives_up,
    }


def _end(whole: Record) -> None:
    whole["Status"] = _AVAILABLE
    whole.pop("FailoverState", None)


def _note(whole: Record, member: Record, seen: Seen | None, *, somebody_writes: bool) -> None:
    """As seen. One that does not answer keeps its part, unless another has taken it."""
    cluster = rds._resolve_cluster(member["DBClusterArn"])  # noqa: SLF001
    if seen is None:
        member["IsWriter"] = member["IsWriter"] and not somebody_writes
        cluster["Status"] = "failed" if whole["Status"] == _AVAILABLE else "modifying"
        return
    member["IsWriter"] = seen.writes
    member["SynchronizationStatus"] = "connected" if seen.writes or seen.follows else "pending-resync"
    cluster["Status"] = _AVAILABLE
