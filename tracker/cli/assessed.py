"""What follows from what is stored, for the commands that ask for it: they load the detector, others need not."""

from __future__ import annotations

import argparse

from tracker.cli.context import clock, configuration, moment, reading_store, service_name
from tracker.model import Assessment
from tracker.pipeline.assessment import Assessor


def assessments(arguments: argparse.Namespace) -> list[Assessment]:
    """What follows from the stored versions of one service (``service``), or of all, at a time (``at``) or now."""
    config = configuration(arguments, required=False)
    now = moment(arguments.at) if arguments.at else clock()
    with reading_store(arguments) as store:
        assessor = Assessor(config, store)
        services = [service_name(store, arguments.service)] if arguments.service else assessor.services()
        return [assessor.assessment(service, now) for service in services]
