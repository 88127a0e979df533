"""One httpGet probe, as the kubelet of Kubernetes makes it."""

import asyncio
import os

from local.cluster.probes import Probe

MOST_BODY_BYTES = 10 * 1024


async def check(ip: str, probe: Probe) -> str | None:
    """Ask once; None when the answer is 200 to 399 and came in time, else why the probe failed."""
    try:
        async with asyncio.timeout(probe.timeout_seconds):
            status = await _status(ip, probe)
    except TimeoutError:
        return f"GET {probe.path}: no answer within {probe.timeout_seconds:g} s"
    except OSError as error:
        return f"GET {probe.path}: {os.strerror(error.errno) if error.errno else error}"
    except ValueError:
        return f"GET {probe.path}: the answer is not HTTP"
    return None if 200 <= status < 400 else f"GET {probe.path}: HTTP {status}"


async def _status(ip: str, probe: Probe) -> int:
    reader, writer = await asyncio.open_connection(ip, probe.port)
    try:
        head = f"GET {probe.path} HTTP/1.1\r\nHost: {ip}:{probe.port}\r\nUser-Agent: kube-probe/1\r\n"
        writer.write(f"{head}Accept: */*\r\nConnection: close\r\n\r\n".encode())
        protocol, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
        if not protocol.startswith("HTTP/1."):
            raise ValueError(protocol)
        await reader.read(MOST_BODY_BYTES)
        return int(rest[:3])
    finally:
        writer.close()
