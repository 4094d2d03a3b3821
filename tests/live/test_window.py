"""What the window shows, and what happens without a screen."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.errors import InputError
from movescreen.live import Command, GuidedSession
from movescreen.live.preview import HEIGHT_PX, KEYS, WIDTH_PX, draw_session
from movescreen.live.window import Window, demand_screen
from tests.support.sights import FRONT, Player, sights_of, squat

BLACK = np.zeros((480, 640, 3), np.uint8)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 5.0, 8.0])
@pytest.mark.parametrize("size", [(480, 640), (640, 360), (960, 540)])
def test_every_stage_fits_into_the_window(seconds: float, size: tuple[int, int]) -> None:
    catalog = load_catalog()
    session = GuidedSession(catalog.protocol("standard"), catalog)
    player = Player(session)
    player.stand(seconds)
    poses = squat(1, FRONT).poses
    sight = next(sights_of(poses, player.now_s + 0.1))
    picture = draw_session(np.zeros((*size, 3), np.uint8), sight, session.view())
    assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
    right = picture[:, WIDTH_PX // 2 :]
    assert (right.max(axis=2) > 200).sum() > 500, "there is something to read"
    margin = picture[:, -20:]
    assert (margin == margin[0, 0]).all(), "and nothing runs over the edge"


def test_every_command_has_a_key() -> None:
    assert {command for command, _ in KEYS.values()} == set(Command)


def test_without_a_screen_there_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(InputError, match="no screen") as caught:
        Window("camera 0", lambda _: True)
    assert "--no-window" in caught.value.hint
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(InputError, match="nothing answers at DISPLAY :987"):
        demand_screen()
