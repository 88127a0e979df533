"""What a region gets from the stack that all of them stand on; no other stack is read anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from stacks.schema import WORLDWIDE, Settings


@dataclass(frozen=True)
class Upstream:
    """The outputs of `global` that concern this region."""

    zone_id: pulumi.Output[str]
    api_domain: pulumi.Output[str]
    certificate_arn: pulumi.Output[str]
    global_cluster: pulumi.Output[str]
    engine_version: pulumi.Output[str]
    writer_endpoint: pulumi.Output[str]
    first: pulumi.Output[bool]
    secrets_key_arn: pulumi.Output[str]
    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    user_pool_client_id: pulumi.Output[str]
    service_client_id: pulumi.Output[str]
    token_issuer: pulumi.Output[str]
    supernet: pulumi.Output[str]
    operations: pulumi.Output[str]
    transit_gateway_id: pulumi.Output[str]
    repository: pulumi.Output[str]
    regions: pulumi.Output[Sequence[Mapping[str, str]]]
    sun_table: pulumi.Output[str]
    sun_table_arn: pulumi.Output[str]
    sun_table_key_arn: pulumi.Output[str]
    sun_table_region: pulumi.Output[str]
    sun_login_arn: pulumi.Output[str]
    sun_login_key_arn: pulumi.Output[str]


def read(settings: Settings) -> Upstream:
    """Refer to `global`.

    Raises:
        pulumi.RunError: `global` was not brought up since this region has its file; raised when the outputs are known.
    """
    name = settings.region.name
    stack = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{WORLDWIDE}")

    def own(key: str) -> pulumi.Output[str]:
        return stack.require_output("regions").apply(lambda regions: _own(name, regions)[key])

    def sun(key: str) -> pulumi.Output[str]:
        return stack.require_output("sun").apply(lambda table: str(table[key]))

    return Upstream(
        zone_id=stack.require_output("zoneId"),
        api_domain=stack.require_output("apiDomain"),
        certificate_arn=own("certificateArn"),
        global_cluster=stack.require_output("globalCluster"),
        engine_version=stack.require_output("engineVersion"),
        writer_endpoint=stack.require_output("writerEndpoint"),
        first=stack.require_output("firstRegion").apply(lambda first: bool(first == name)),
        secrets_key_arn=stack.require_output("secretsKeyArn"),
        user_pool_id=stack.require_output("userPoolId"),
        user_pool_arn=stack.require_output("userPoolArn"),
        user_pool_client_id=stack.require_output("userPoolClientId"),
        service_client_id=stack.require_output("serviceClientId"),
        token_issuer=stack.require_output("tokenIssuer"),
        supernet=stack.require_output("supernet"),
        operations=stack.require_output("operations"),
        transit_gateway_id=own("transitGatewayId"),
        repository=own("repository"),
        regions=stack.require_output("regions").apply(_places),
        sun_table=sun("table"),
        sun_table_arn=sun("tableArn"),
        sun_table_key_arn=sun("tableKeyArn"),
        sun_table_region=sun("tableRegion"),
        sun_login_arn=sun("loginArn"),
        sun_login_key_arn=sun("loginKeyArn"),
    )


def _own(name: str, regions: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    if name not in regions:
        raise pulumi.RunError(
            f"the stack '{WORLDWIDE}' does not know the region '{name}' yet; first: pulumi up -s {WORLDWIDE}"
        )
    return regions[name]


def _places(regions: Mapping[str, Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    """Where and in which time zone each region is, in the order of their names."""
    told = ("awsRegion", "timeZone")
    return [{"name": name, **{key: regions[name][key] for key in told}} for name in sorted(regions)]
