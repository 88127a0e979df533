"""What exists once, whole: the stack `global`, on which every region stands and which stands on none."""

import pulumi

from infra.budget import Budget, BudgetArgs
from infra.certificates import Certificates, CertificatesArgs
from infra.database_login import DatabaseLogin, DatabaseLoginArgs
from infra.global_database import GlobalDatabase, GlobalDatabaseArgs
from infra.identity import Identity, IdentityArgs
from infra.image_registry import ImageRegistry, ImageRegistryArgs
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.lock_table import LockTable, LockTableArgs
from infra.tags import DataClass
from infra.transit import Hub, Transit, TransitArgs
from infra.zone import Zone, ZoneArgs
from services.registry import RESOURCE_SERVER, SCOPES, STAFF_GROUPS
from stacks.layers import monitors
from stacks.layers.database import CONTROLLER_USER
from stacks.schema import NAMESPACE
from stacks.worldwide_schema import Worldwide


def build(settings: Worldwide) -> None:
    """Declare what the regions share, and export what each of them needs of it."""
    internal = settings.tags(DataClass.INTERNAL)
    aws_regions = [region.placement.region for region in settings.regions]

    # How the product is found: its zone, and the certificate of the name under which every region answers.
    zone = Zone(settings.name("zone"), ZoneArgs(settings.zone.domain, internal))
    certificates = Certificates(
        settings.name("api"), CertificatesArgs(settings.api_domain, zone.id, aws_regions, internal)
    )

    # The one database, and the key under which it keeps secrets.
    database = GlobalDatabase(
        NAMESPACE, GlobalDatabaseArgs(settings.database.engine_version, settings.tags(DataClass.PERSONAL))
    )
    secrets = EncryptionKey(
        settings.name("secrets"),
        EncryptionKeyArgs(
            "Secrets in the database",
            settings.placement,
            settings.tags(DataClass.CONFIDENTIAL),
            all_regions=True,
        ),
    )

    # Who may sign in, at whichever region they come in.
    people = Identity(
        settings.name("users"),
        IdentityArgs(
            access_token_minutes=settings.identity.access_token_minutes,
            api=RESOURCE_SERVER,
            service_scopes={scope.value: about for scope, about in SCOPES.items()},
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
            groups=STAFF_GROUPS,
        ),
    )

    # What joins the regions' networks, for the writer of the database may be in any of them.
    transit = Transit(
        settings.name("transit"),
        TransitArgs(
            [Hub(region.name, region.placement.region, region.cidr) for region in settings.regions],
            settings.placement.account,
            internal,
        ),
    )

    # By what the regions agree which of them acts when traffic and the writer follow the sun.
    sun = LockTable(settings.name("sun"), LockTableArgs(settings.placement, internal))

    # With what that one signs in to the database, from outside of every network. It sees nothing of a customer.
    login = DatabaseLogin(
        settings.name("controller"), DatabaseLoginArgs(CONTROLLER_USER, aws_regions, settings.placement, internal)
    )

    # The images, pushed here and pulled from where they run.
    images = ImageRegistry(
        NAMESPACE, ImageRegistryArgs(aws_regions, settings.images.kept, settings.placement, internal)
    )

    # Who is told when all this is going to cost more than was thought.
    Budget(settings.name("all"), BudgetArgs(settings.budget.monthly_usd, settings.budget.told, internal))

    # Who is told when something of all this does not do what it should.
    monitors.build_worldwide(settings)

    for name, value in {
        "zoneId": zone.id,
        "nameServers": zone.name_servers,
        "apiDomain": settings.api_domain,
        "globalCluster": database.identifier,
        "engineVersion": settings.database.engine_version,
        "firstRegion": settings.database.first_region,
        "writerEndpoint": database.writer_endpoint,
        "secretsKeyArn": secrets.arn,
        "userPoolId": people.user_pool_id,
        "userPoolArn": people.user_pool_arn,
        "userPoolClientId": people.client_id,
        "serviceClientId": people.service_client_id,
        "tokenIssuer": people.issuer,
        "supernet": settings.network.supernet,
        "operations": settings.network.operations,
        "pushUrl": images.push_url,
        "sun": {
            "table": sun.name,
            "tableArn": sun.arn,
            "tableKeyArn": sun.key_arn,
            "tableRegion": settings.aws_region,
            "loginArn": login.arn,
            "loginKeyArn": login.key_arn,
        },
        "regions": {
            region.name: {
                "awsRegion": region.placement.region,
                "timeZone": region.time_zone,
                "certificateArn": certificates.arns[region.placement.region],
                "transitGatewayId": transit.gateway_ids[region.name],
                "repository": images.pull_urls[region.placement.region],
            }
            for region in settings.regions
        },
    }.items():
        pulumi.export(name, value)
