"""The background process of the supervisor: `python -I daemon.py <supervisord.conf>`.

Its standard input is a pipe from the command that has started it. Until that command has said that the run is to be
kept, the pipe's end means that the command was killed: then nothing of the half-made run may stay behind.
"""

import os
import signal
import sys
import threading

from supervisor import supervisord


def _end_with_an_unfinished_command() -> None:
    if not sys.stdin.buffer.read(1):
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    os.environ["LEASH_HOLDER"] = str(os.getpid())
    threading.Thread(target=_end_with_an_unfinished_command, daemon=True).start()
    supervisord.main(["--nodaemon", "--silent", "--configuration", sys.argv[1]])
