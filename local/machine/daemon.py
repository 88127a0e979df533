"""The background process of the supervisor: `python -I daemon.py <supervisord.conf>`."""

import os
import sys

from supervisor import supervisord

if __name__ == "__main__":
    os.environ["LEASH_HOLDER"] = str(os.getpid())
    supervisord.main(["--nodaemon", "--silent", "--configuration", sys.argv[1]])
