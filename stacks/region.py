"""One region, whole: what it consists of and in which order the parts build on each other."""

import pulumi

from stacks.layers import (
    access,
    balancer,
    cluster,
    database,
    edge,
    identity,
    inbound,
    mail,
    monitors,
    network,
    payloads,
    queues,
    secrets,
    sun,
    upstream,
    workloads,
)
from stacks.layers.foundation import Foundation
from stacks.schema import Settings


def build(settings: Settings) -> None:
    """Declare everything that the region consists of, and export what its operators need.

    The same lines build every region: what differs between two of them stands in their settings files alone.
    """
    # What all regions share: everything of another stack that a region knows.
    shared = upstream.read(settings)

    # Where everything is: the network with its three zones, and Kubernetes in it.
    inside = network.build(settings, shared)
    kubernetes = cluster.build(settings, shared, inside)

    # Where mail leaves and where SES reports on it; the bucket, and the mail that is laid into it.
    sending = mail.build(settings, shared)
    stored = payloads.build(settings)
    receiving = inbound.build(settings, stored)

    # What services stand on: payloads in S3, the queues between the steps, the users, the shared database and its
    # key, and where their requests come from.
    foundation = Foundation(
        payloads=stored,
        queues=queues.build(settings, sending, receiving),
        identity=identity.build(shared),
        database=database.build(settings, shared, inside),
        mail=sending,
        secrets=secrets.build(settings, shared),
        balancer=balancer.build(settings, shared, inside, kubernetes),
    )

    # The services: first what each may do, then all of them as one release.
    roles = access.build(settings, kubernetes, foundation)
    workloads.build(settings, shared, kubernetes, foundation, roles)

    # The way in: one API, one route for each operation of the registry, few without an access token, and its names.
    door = edge.build(settings, shared, foundation)

    # Who moves traffic and the writer, with the other regions, to where it is day.
    controller = sun.build(settings, shared)

    # Who is told when something of all this does not do what it should.
    monitors.build(settings, door, controller)

    for name, value in {
        "awsRegion": settings.aws_region,
        "apiUrl": door.url,
        "regionUrl": door.own_url,
        "userPoolId": foundation.identity.user_pool_id,
        "userPoolClientId": foundation.identity.client_id,
        "serviceClientId": foundation.identity.service_client_id,
        "payloadBucket": foundation.payloads.bucket,
        "queueUrls": {name: queue.url for name, queue in foundation.queues.by_name.items()},
        "deadLetterQueueUrls": {name: queue.dead_letter_url for name, queue in foundation.queues.by_name.items()},
        "databaseEndpoint": foundation.database.endpoint,
        "databaseName": foundation.database.name,
        "mailSender": foundation.mail.sender,
        "sunFunction": controller.function,
    }.items():
        pulumi.export(name, value)
