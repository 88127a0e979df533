"""The bugs that are seeded, each with the scenario that has to notice it."""

from tests.chaos.bugs import licences, orders, pipeline

SABOTAGES = (*orders.SABOTAGES, *pipeline.SABOTAGES, *licences.SABOTAGES)
