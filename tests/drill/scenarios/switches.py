"""The writer moves as the schedule wants it, again and again."""

from tests.drill.events import Window
from tests.drill.figures import figures, percentile
from tests.drill.performance import Play
from tests.drill.scenario import Scenario

BETWEEN_SECONDS = 4.0
FEW = 8
"""More switches have no words in the picture."""


def planned(count: int) -> Scenario:
    """So many switches, to and fro."""

    def drive(play: Play) -> None:
        for _ in range(count):
            switch(play, words=count <= FEW)
            play.stage.wait_until_following()
            play.rest(BETWEEN_SECONDS)
        gaps = figures(play.recorder.recording()).gaps
        play.figures["switches"] = str(len(gaps))
        play.figures["longest time without an order around a switch"] = (
            f"p50 {percentile(gaps, 0.5):.2f} s, p99 {percentile(gaps, 0.99):.2f} s, max {max(gaps):.2f} s"
        )
        took = [window.ended - window.begun for window in play.recorder.windows]
        play.figures["the controller's whole tick"] = f"p50 {percentile(took, 0.5):.1f} s, max {max(took):.1f} s"

    return Scenario(
        "switches",
        f"{count} planned switchovers",
        "The schedule's hour comes for one region and then for the other, and the controller moves the writer.",
        drive,
    )


def switch(play: Play, *, words: bool = True) -> None:
    """The schedule's next switch, by the controller of the region that hands over."""
    stage = play.stage
    source = stage.writer
    target = stage.other(source).name
    moment = stage.sun.wait_for_turn(source, target)
    stage.sun.tick(target)  # which only leaves a sign of life: the other one has the lease
    begun = play.recorder.now
    outcome = stage.sun.tick(source)
    play.recorder.windows.append(Window(begun, play.recorder.now))
    writers = [site.name for site in stage.sites if site.writes]
    if writers != [target]:
        play.find(f"at {moment:%H:%M} UTC {target} should have taken over, and {writers} write: {outcome.reason}")
    if words:
        play.mark(f"{moment:%H:%M} UTC: {target} takes over")
