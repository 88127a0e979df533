"""What is watched of sending mail: what SES would stop us for, and how much it still lets us send."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement


def watches(name: str, place: Placement) -> tuple[Watch, ...]:
    """The monitors of a region's sending; SES keeps one account of it in each region.

    SES reviews an account from 5 % bounces or 0.1 % complaints on, and may pause it at 10 % or 0.5 %: the alarm is the
    review, the warning its half. https://docs.aws.amazon.com/ses/latest/dg/reputation-dashboard-dg.html
    The quota: at 80 % of a day's mails there are hours left to ask for more.
    """
    here = scoped(place)
    return (
        Watch(
            "Mail",
            "mail-bounces",
            name,
            "mails come back",
            metric("max", 60, f"max:aws.ses.reputation_bounce_rate{here}"),
            Thresholds(0.05, warning=0.025, recovery=0.04),
            "So many mails bounce that SES reviews the account; from 10 % on it may stop all of our mail.",
            2,
            missing=Missing.RESOLVE,
        ),
        Watch(
            "Mail",
            "mail-complaints",
            name,
            "mails are reported as spam",
            metric("max", 60, f"max:aws.ses.reputation_complaint_rate{here}"),
            Thresholds(0.001, warning=0.0005, recovery=0.0008),
            "So many receivers call our mails spam that SES reviews the account; from 0.5 % on it may stop our mail.",
            2,
            missing=Missing.RESOLVE,
        ),
        Watch(
            "Mail",
            "mail-quota",
            name,
            "the day's mails run out",
            metric("max", 30, f"max:aws.ses.sent_last_24_hours{here} / max:aws.ses.max_24_hour_send{here} * 100"),
            Thresholds(80, warning=60),
            "Four fifths of the mails that SES lets us send within a day are sent; beyond them it takes none.",
            2,
        ),
    )
