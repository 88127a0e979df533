"""`python -m local.front --emulator URL --zone ID --name api.example --routes FILE REGION...`: follows the records."""

import logging
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.front.follower import Follower
from local.front.zone import SharedName, Zone
from local.machine.emulator import CREDENTIAL

PAUSE_SECONDS = 1.0
_PATIENCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1})


def main(arguments: list[str]) -> None:
    """Follow until told to stop."""
    parser = ArgumentParser("python -m local.front", description="Leads requests to where Route 53 would.")
    parser.add_argument("--emulator", required=True, help="URL of the AWS emulator")
    parser.add_argument("--zone", required=True, help="the id of the zone")
    parser.add_argument("--name", required=True, help="the name that all regions share")
    parser.add_argument("--routes", required=True, type=Path, help="the file that Envoy reads")
    parser.add_argument("regions", nargs="+", help="those that have an edge")
    told = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stdout)
    logging.Formatter.converter = time.gmtime
    # One that may do everything: whoever asks the DNS has no role.
    session: Any = boto3.Session(CREDENTIAL, CREDENTIAL, region_name="us-east-1")
    zone = Zone(
        session.client("route53", endpoint_url=told.emulator, config=_PATIENCE), SharedName(told.zone, told.name)
    )
    follower = Follower(zone.records, told.regions, told.routes)
    while True:
        follower.follow()
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
