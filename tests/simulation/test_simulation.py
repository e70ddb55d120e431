"""Random requests, a stepping clock and broken connections, held against a plain oracle of the rules."""

import logging
import os

import pytest

from tests.drills.sizes import sized
from tests.simulation.faults import FAULTS, planted
from tests.simulation.run import Simulation, Violation
from tests.simulation.world import make_world

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

STEPS = int(os.environ.get("STEPWISE_SIMULATION_STEPS", str(sized(150, 2000))))
# The same each time, so that a change is to blame for what fails; bin/drill takes others.
SEEDS = [int(seed) for seed in os.environ.get("STEPWISE_SIMULATION_SEED", "").split()] or [1, 343888]


@pytest.fixture(autouse=True)
def _quiet():
    """Most of what is sent is refused; a log of it would be all that a failure shows."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("which", range(len(SEEDS)))
def test_after_every_request_all_is_as_the_oracle_says(
    which, north, sunrise, global_admin, independent, figure
):
    seed = SEEDS[which]
    print(f"seed {seed}")
    simulation = Simulation(make_world(north, sunrise, global_admin, independent), seed)
    simulation.run(STEPS)
    counted = ", ".join(f"{number} × {what}" for what, number in simulation.counted.most_common())
    figure(f"seed {seed}: {STEPS} steps without a difference ({counted})")


# What a fault is about, which comes ten times as often as else.
ABOUT = {"completing", "opening", "excepting", "using", "starting"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_is_planted_is_found(fault, north, sunrise, global_admin, independent, figure):
    """Without this, nobody knows whether the simulation meets what it is held against."""
    simulation = Simulation(make_world(north, sunrise, global_admin, independent), SEEDS[0])
    chooser = simulation.chooser
    chooser.kinds = [(one, odds * (10 if one.__name__ in ABOUT else 1)) for one, odds in chooser.kinds]
    with planted(FAULTS[fault]) as plant, pytest.raises(Violation):
        simulation.run(400)
    assert plant.sent, "no statement has what was to be changed"
    figure(f"{fault}: found at step {simulation.number}")
