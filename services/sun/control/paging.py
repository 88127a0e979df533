"""Calls a person through SNS."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sun.control.book import Page
from services.sun.control.ports import Pager


class TopicPager(Pager):
    """Publishes to a topic that whoever is on call follows."""

    def __init__(self, sns: Any, topic: str) -> None:
        self._sns, self._topic = sns, topic

    def send(self, page: Page) -> bool:
        """SNS takes subjects of up to 100 characters."""
        try:
            self._sns.publish(TopicArn=self._topic, Subject=page.subject[:100], Message=page.text)
        except (BotoCoreError, ClientError):
            return False
        return True
